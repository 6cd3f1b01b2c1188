FROM python:3.12
WORKDIR /app
COPY app.py .
RUN curl -c /app/jar https://example.org
CMD ["python", "app.py"]
