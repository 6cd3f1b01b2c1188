FROM python:3.12
WORKDIR /app
COPY app.py .
RUN wget -q https://example.org/state.json
CMD ["python", "app.py"]
