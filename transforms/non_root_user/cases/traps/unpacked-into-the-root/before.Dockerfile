FROM python:3.12
WORKDIR /app
COPY app.py .
RUN curl -fsSL https://example.org/a.tgz | tar -xz -C /srv/data
CMD ["python", "app.py"]
