FROM python:3.12-slim
COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/uv
WORKDIR /app
COPY pyproject.toml uv.lock .python-version /app/
RUN uv sync --frozen --no-install-project --no-dev
ADD . /app
RUN uv sync --frozen --no-dev
