FROM python:3.11-slim
ENV LANG=C.UTF-8
COPY public /www/public
COPY . /www
WORKDIR /www
EXPOSE 8000
CMD ["python", "-m", "http.server", "8000"]
