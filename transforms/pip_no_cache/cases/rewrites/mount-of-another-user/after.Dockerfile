FROM python:3.12
RUN --mount=type=cache,target=/home/app/.cache/pip pip install --no-cache-dir flask
