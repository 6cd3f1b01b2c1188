FROM python:3.12
WORKDIR /app
COPY app.py .
CMD ["gosu", "nobody", "python", "app.py"]
