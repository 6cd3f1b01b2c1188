FROM python:3.12
WORKDIR /app
COPY app.py .
RUN curl -sSO https://example.org/state.json
CMD ["python", "app.py"]
