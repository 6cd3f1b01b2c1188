FROM python:3.12
WORKDIR /app
COPY app.py .
RUN sed -n 's/a/b/w /app/state' app.py
CMD ["python", "app.py"]
