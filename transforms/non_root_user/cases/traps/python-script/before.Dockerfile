FROM python:3.12
WORKDIR /app
COPY app.py .
RUN python app.py --init
CMD ["python", "app.py"]
