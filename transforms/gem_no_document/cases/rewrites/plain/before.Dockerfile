FROM debian:12
RUN gem install bundler rake -v 13.0
