FROM python:3.12
WORKDIR /app
COPY app.py .
RUN echo '{}' >> state.json
CMD ["python", "app.py"]
