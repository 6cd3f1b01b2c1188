FROM python:3.12
WORKDIR /app
COPY app.py .
RUN echo '{}' | tee state.json
CMD ["python", "app.py"]
