FROM debian:12
ENV APP=/app
RUN cd $APP && make
WORKDIR $APP
