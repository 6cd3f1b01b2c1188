FROM python:3.12
WORKDIR /app
COPY app.py .
ARG STATE
RUN mkdir -p $STATE
CMD ["python", "app.py"]
