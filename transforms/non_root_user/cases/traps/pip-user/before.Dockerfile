FROM python:3.12
WORKDIR /app
RUN pip install --user flask
COPY app.py .
CMD ["python", "app.py"]
