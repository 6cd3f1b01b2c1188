FROM python:3.7
ADD https://example.org/big.tar.xz /usr/src/things/
RUN tar -xJf /usr/src/things/big.tar.xz -C /usr/src/things
RUN make -C /usr/src/things all
COPY app /tmp/
RUN pip install --requirement /tmp/requirements.txt
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY src /app
EXPOSE 8080
ENTRYPOINT ["python"]
CMD ["app.py"]
