FROM python:3.13 AS build
RUN pip install --target /app app
FROM python:3.13-slim
COPY --from=build /app /app
