FROM python:3.12
WORKDIR /app
RUN groupadd -g 10001 app \
    && useradd -l -m -u 10001 -g app app \
    && install -d -o 10001 -g 10001 /app
COPY start.sh app.py ./
USER 10001:10001
ENTRYPOINT ["./start.sh"]
CMD ["python", "app.py"]
