FROM python:3.12
WORKDIR /app
COPY app.py .
RUN ./install
CMD ["python", "app.py"]
