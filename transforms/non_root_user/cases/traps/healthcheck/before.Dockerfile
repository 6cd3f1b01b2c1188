FROM python:3.12
WORKDIR /app
COPY app.py .
HEALTHCHECK CMD ["/usr/sbin/acme-check"]
CMD ["python", "app.py"]
