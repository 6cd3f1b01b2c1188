FROM python:3.7
RUN curl -fsSL https://example.org/big.tar.xz | tar -xJf - -C /usr/local
RUN gcc -O2 -o /usr/local/bin/things /usr/local/src/things.c
COPY app/requirements.txt /tmp/
RUN pip install --no-cache-dir --requirement /tmp/requirements.txt
COPY app /tmp/
WORKDIR /app
RUN groupadd -g 10001 app \
    && useradd -l -m -u 10001 -g app app \
    && install -d -o 10001 -g 10001 /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY --chown=10001:10001 src /app
EXPOSE 8080
USER 10001:10001
ENTRYPOINT ["python"]
CMD ["app.py"]
