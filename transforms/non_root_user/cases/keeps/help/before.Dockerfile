FROM python:3.12
WORKDIR /docs
COPY tool.py .
ENTRYPOINT ["python", "/docs/tool.py"]
CMD ["--help"]
