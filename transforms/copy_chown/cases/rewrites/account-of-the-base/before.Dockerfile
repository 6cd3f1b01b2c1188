FROM debian:12
COPY app.conf /etc/app.conf
RUN date > /built && chown games:www-data /etc/app.conf
