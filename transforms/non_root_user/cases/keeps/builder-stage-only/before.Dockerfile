FROM python:3.12 AS app
WORKDIR /app
COPY app.py .
CMD ["python", "app.py"]

FROM debian:12
COPY --from=app /app /app
