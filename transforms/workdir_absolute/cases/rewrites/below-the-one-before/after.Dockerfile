FROM debian:12
WORKDIR /app
RUN touch a
WORKDIR /app/src/main
RUN pwd > /p
