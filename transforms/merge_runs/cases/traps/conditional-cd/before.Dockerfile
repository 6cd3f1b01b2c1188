FROM debian:12
WORKDIR /app
RUN if true; then cd /; fi; rm -rf app
RUN touch x
