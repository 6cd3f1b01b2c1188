FROM python:3.12
RUN curl -fsSL https://example.org/tool.tar.gz -o tool.tar.gz && tar -xzf tool.tar.gz && rm tool.tar.gz
