FROM python:3.12-slim
WORKDIR /app
COPY pyproject.toml pdm.lock ./
RUN pip install pdm
RUN pdm sync --prod --no-self
COPY . .
