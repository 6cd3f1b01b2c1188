FROM python:3.7
ADD https://example.org/big.tar.xz /usr/local/
RUN tar -xJf /usr/local/big.tar.xz -C /usr/local
RUN gcc -O2 -o /usr/local/bin/things /usr/local/src/things.c
COPY app /tmp/
RUN pip install --requirement /tmp/requirements.txt
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY src /app
EXPOSE 8080
ENTRYPOINT ["python"]
CMD ["app.py"]
