FROM python:3.12
WORKDIR /app
COPY app.py .
RUN awk '{ print > "/app/state" }' app.py
CMD ["python", "app.py"]
