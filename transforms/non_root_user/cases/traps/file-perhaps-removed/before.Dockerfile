FROM python:3.12
WORKDIR /app
COPY app.py .
RUN echo 1 > /tmp/state.json || rm /tmp/state.json
CMD ["python", "app.py"]
