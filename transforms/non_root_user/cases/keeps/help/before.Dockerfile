FROM python:3.12
WORKDIR /work
COPY tool.py .
ENTRYPOINT ["python", "/work/tool.py"]
CMD ["--help"]
