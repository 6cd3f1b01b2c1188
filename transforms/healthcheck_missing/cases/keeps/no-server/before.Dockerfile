FROM python:3.13
COPY tool.py /
ENTRYPOINT ["python", "/tool.py"]
