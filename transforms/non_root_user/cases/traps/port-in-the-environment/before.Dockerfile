FROM python:3.12
WORKDIR /app
COPY app.py .
ENV PORT=80
CMD ["python", "app.py"]
