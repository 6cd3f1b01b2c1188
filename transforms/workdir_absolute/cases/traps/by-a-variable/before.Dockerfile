FROM debian:12
ENV APP=/app
WORKDIR $APP
RUN touch a
WORKDIR src
