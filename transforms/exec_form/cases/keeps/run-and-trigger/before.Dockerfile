FROM debian:12
RUN java -version
ONBUILD CMD nginx
