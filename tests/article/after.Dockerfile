FROM python:3.7
RUN mkdir -p /usr/src/things \
    && curl -fsSL https://example.org/big.tar.xz | tar -xJf - -C /usr/src/things \
    && groupadd -g 10001 app \
    && useradd -l -m -u 10001 -g app app \
    && make -C /usr/src/things all
COPY app/requirements.txt /tmp/
RUN pip install --no-cache-dir --requirement /tmp/requirements.txt
COPY app /tmp/
WORKDIR /app
RUN install -d -o 10001 -g 10001 /app /usr/src/things
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY src /app
EXPOSE 8080
USER 10001:10001
ENTRYPOINT ["python"]
CMD ["app.py"]
