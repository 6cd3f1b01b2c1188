FROM python:3.12
WORKDIR /app
COPY app.py .
ARG STATE
RUN echo 1 > $STATE
CMD ["python", "app.py"]
