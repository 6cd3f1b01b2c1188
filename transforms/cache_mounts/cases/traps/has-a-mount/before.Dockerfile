FROM python:3.12
RUN --mount=type=bind,source=.,target=/src pip install /src
