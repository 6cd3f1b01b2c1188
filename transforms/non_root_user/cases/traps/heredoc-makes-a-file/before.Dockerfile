FROM python:3.12
WORKDIR /app
COPY app.py .
RUN cat > state.json <<EOF
{}
EOF
CMD ["python", "app.py"]
