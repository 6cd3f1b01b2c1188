FROM python:3.12
WORKDIR /app
COPY app.py .
ARG TOOL
RUN $TOOL
CMD ["python", "app.py"]
