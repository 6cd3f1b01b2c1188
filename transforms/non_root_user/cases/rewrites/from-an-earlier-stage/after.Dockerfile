FROM python:3.12-slim AS base
RUN pip install flask
WORKDIR /srv/app

FROM base AS test
RUN pip install pytest

FROM base
RUN groupadd -g 10001 app \
    && useradd -l -m -u 10001 -g app app \
    && install -d -o 10001 -g 10001 /srv/app
COPY app.py .
USER 10001:10001
# serves on 5000
CMD ["flask", "--app", "app", "run"]
