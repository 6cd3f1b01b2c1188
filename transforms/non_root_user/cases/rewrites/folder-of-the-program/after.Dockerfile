FROM python:3.12-slim AS build
WORKDIR /src
COPY . .
RUN mkdir -p /dist/app/data && cp server.py /dist/app/server.py
FROM python:3.12-slim
COPY --from=build --chown=10001:10001 /dist/app /srv/app
WORKDIR /srv/app
RUN groupadd -g 10001 app \
    && useradd -l -m -u 10001 -g app app \
    && install -d -o 10001 -g 10001 /srv/app
EXPOSE 8000
USER 10001:10001
CMD ["python","/srv/app/server.py"]
