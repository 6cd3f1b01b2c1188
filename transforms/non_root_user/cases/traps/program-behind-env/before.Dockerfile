FROM python:3.12
WORKDIR /app
COPY app.py .
RUN env STATE=1 python app.py --init
CMD ["python", "app.py"]
