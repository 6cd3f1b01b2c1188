FROM debian:12
RUN gem install --no-document bundler rake -v 13.0
