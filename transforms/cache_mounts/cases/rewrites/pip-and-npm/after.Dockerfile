FROM python:3.12
RUN --mount=type=cache,target=/root/.cache/pip pip install flask
RUN --mount=type=cache,target=/root/.cache/pip --mount=type=cache,target=/root/.npm npm ci && pip install x
