FROM python:3.12-slim
COPY app/requirements.txt /tmp/
RUN pip install -r /tmp/requirements.txt
COPY app /tmp/
CMD ["python", "/tmp/main.py"]
