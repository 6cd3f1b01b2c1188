FROM python:3.12
WORKDIR /work
COPY lib.py .
CMD ["python3"]
