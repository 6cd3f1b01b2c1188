FROM python:3.12-slim AS base
RUN pip install flask
WORKDIR /srv/app

FROM base AS test
RUN pip install pytest

FROM base
COPY app.py .
# serves on 5000
CMD ["flask", "--app", "app", "run"]
