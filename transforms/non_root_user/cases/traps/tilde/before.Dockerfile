FROM python:3.12
WORKDIR /app
COPY app.py .
CMD ["sh", "-c", "python app.py --config ~/.config/acme"]
