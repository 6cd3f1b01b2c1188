FROM python:3.12
RUN curl -fsSL https://example.org/key.asc | gpg --dearmor -o /usr/share/keyrings/acme.gpg \
    && echo "deb [signed-by=/usr/share/keyrings/acme.gpg] https://example.org/apt stable main" > /etc/apt/sources.list.d/acme.list \
    && apt-get update \
    && apt-get install -y acme
RUN cd /tmp && curl -fsSLO https://example.org/tool.tar.gz && tar -xzf tool.tar.gz -C /usr/local && rm tool.tar.gz
WORKDIR /app
COPY app.py .
EXPOSE 8000
CMD ["python", "app.py"]
