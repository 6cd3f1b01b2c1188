FROM python:3.12-slim
WORKDIR /srv/shop
RUN mkdir -p logs /var/lib/shop
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY shop.py .
ENV SHOP_DATA=/var/lib/shop
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "shop:app"]
