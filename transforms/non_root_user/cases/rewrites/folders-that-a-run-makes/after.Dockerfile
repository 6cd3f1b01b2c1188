FROM python:3.12-slim
WORKDIR /srv/shop
RUN mkdir -p logs /var/lib/shop
RUN groupadd -g 10001 app \
    && useradd -l -m -u 10001 -g app app \
    && install -d -o 10001 -g 10001 /srv/shop /srv/shop/logs /var/lib/shop
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY shop.py .
ENV SHOP_DATA=/var/lib/shop
USER 10001:10001
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "shop:app"]
