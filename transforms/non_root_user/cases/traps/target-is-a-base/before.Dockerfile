FROM python:3.12-slim AS prod
WORKDIR /app
COPY app.py .
EXPOSE 8000
CMD ["python", "app.py"]

FROM prod AS test
RUN apt-get update
