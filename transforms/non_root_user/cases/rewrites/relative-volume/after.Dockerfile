FROM python:3.12-slim
WORKDIR /app
RUN groupadd -g 10001 app \
    && useradd -l -m -u 10001 -g app app \
    && install -d -o 10001 -g 10001 /app /app/data
COPY --chown=10001:10001 dist /app
VOLUME ["app/data"]
EXPOSE 8000
USER 10001:10001
CMD ["python","app.py"]
