FROM python:3.11-slim
ENV LANG=C.UTF-8
RUN groupadd -g 10001 app \
    && useradd -l -m -u 10001 -g app app \
    && install -d -o 10001 -g 10001 /www
COPY --chown=10001:10001 public /www/public
COPY --chown=10001:10001 . /www
WORKDIR /www
EXPOSE 8000
USER 10001:10001
CMD ["python", "-m", "http.server", "8000"]
