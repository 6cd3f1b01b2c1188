FROM python:3.12
WORKDIR /app
COPY app.py .
RUN (cd /usr/share && true) && echo 1 > state.json
CMD ["python", "app.py"]
