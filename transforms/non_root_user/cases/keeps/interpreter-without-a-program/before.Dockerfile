FROM python:3.12
WORKDIR /docs
COPY lib.py .
CMD ["python3"]
