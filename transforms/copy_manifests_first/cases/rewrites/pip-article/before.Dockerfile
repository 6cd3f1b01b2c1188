FROM python:3.12-slim
COPY app /tmp/
RUN pip install -r /tmp/requirements.txt
CMD ["python", "/tmp/main.py"]
