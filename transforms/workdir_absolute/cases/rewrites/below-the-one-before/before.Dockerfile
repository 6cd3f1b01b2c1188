FROM debian:12
WORKDIR /app
RUN touch a
WORKDIR src/main
RUN pwd > /p
