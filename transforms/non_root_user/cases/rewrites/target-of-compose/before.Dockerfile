FROM python:3.12-slim AS prod
WORKDIR /app
COPY app.py .
EXPOSE 8000
CMD ["python", "app.py"]

FROM python:3.12-slim AS test
COPY --from=prod /app /app
RUN python -m compileall /app
