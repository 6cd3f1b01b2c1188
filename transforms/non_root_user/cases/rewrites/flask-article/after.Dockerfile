FROM python:3.7

WORKDIR /app

RUN groupadd -g 10001 app \
    && useradd -l -m -u 10001 -g app app \
    && install -d -o 10001 -g 10001 /app

COPY requirements.txt .
RUN pip install -r requirements.txt

COPY --chown=10001:10001 src/ .

ENV FLASK_APP=app.py

USER 10001:10001

ENTRYPOINT ["python"]
CMD ["app.py"]
