FROM python:3.12
WORKDIR /app
RUN git clone https://example.org/app.git .
CMD ["python", "app.py"]
