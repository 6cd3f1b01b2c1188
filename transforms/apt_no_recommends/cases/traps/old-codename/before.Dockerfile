FROM python:3.12-buster
RUN apt-get update && apt-get install -y curl
