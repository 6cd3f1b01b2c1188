FROM python:3.12
WORKDIR /app
COPY start.sh app.py ./
ENTRYPOINT ["./start.sh"]
CMD ["python", "app.py"]
