FROM python:3.12
WORKDIR /app
COPY app.py .
RUN curl -fsSLo state.json https://example.org/state.json
CMD ["python", "app.py"]
