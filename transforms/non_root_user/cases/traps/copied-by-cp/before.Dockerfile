FROM python:3.12
WORKDIR /app
COPY app.py .
RUN cp app.py /var/lib/copy.py
CMD ["python", "app.py"]
