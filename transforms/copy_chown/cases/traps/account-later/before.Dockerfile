FROM debian:12
COPY app.conf /etc/
RUN useradd -u 990 app && chown app:app /etc/app.conf
