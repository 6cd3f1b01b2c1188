FROM python:3.12-slim AS prod
WORKDIR /app
RUN groupadd -g 10001 app \
    && useradd -l -m -u 10001 -g app app \
    && install -d -o 10001 -g 10001 /app
COPY app.py .
EXPOSE 8000
USER 10001:10001
CMD ["python", "app.py"]

FROM python:3.12-slim AS test
COPY --from=prod /app /app
RUN python -m compileall /app
