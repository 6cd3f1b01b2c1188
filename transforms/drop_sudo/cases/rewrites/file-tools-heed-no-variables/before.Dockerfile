FROM ubuntu:22.04
ENV APP_HOME=/opt/app PATH=/opt/app/bin:$PATH
ARG VERSION
RUN apt-get update && apt-get install -y sudo && \
    sudo mkdir -p $APP_HOME && sudo chown -R www-data "$APP_HOME" && \
    sudo ln -s $APP_HOME/run-$VERSION /usr/bin/run
