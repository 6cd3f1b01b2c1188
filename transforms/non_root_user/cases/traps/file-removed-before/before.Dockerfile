FROM python:3.12
WORKDIR /app
COPY app.py .
RUN rm -f /app/state.json && echo 1 > /app/state.json
CMD ["python", "app.py"]
