FROM python:3.12
RUN apt-get update && apt-get install -y iptables
WORKDIR /app
COPY app.py .
CMD ["python", "app.py"]
