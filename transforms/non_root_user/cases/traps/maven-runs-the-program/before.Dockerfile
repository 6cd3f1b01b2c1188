FROM python:3.12
WORKDIR /app
COPY app.py .
RUN mvn package exec:java
CMD ["python", "app.py"]
