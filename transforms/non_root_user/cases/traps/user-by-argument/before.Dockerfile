FROM python:3.12
ARG WHO=root
WORKDIR /app
COPY app.py .
USER $WHO
CMD ["python", "app.py"]
