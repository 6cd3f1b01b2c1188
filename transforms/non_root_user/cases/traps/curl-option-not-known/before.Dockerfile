FROM python:3.12
WORKDIR /app
COPY app.py .
RUN curl -K /app/fetch.cfg https://example.org
CMD ["python", "app.py"]
