FROM python:3.12 AS b
RUN apt-get update
FROM b AS c
RUN pip install flask
FROM python:3.12-slim
COPY --from=c /root/.cache /root/.cache
FROM c
