FROM python:3.7

WORKDIR /app

COPY requirements.txt .
RUN pip install -r requirements.txt

COPY src/ .

ENV FLASK_APP=app.py

ENTRYPOINT ["python"]
CMD ["app.py"]
