FROM python:3.12
WORKDIR /app
COPY app.py .
ENV ACME_DATA=/var/lib/acme
CMD ["python", "app.py"]
