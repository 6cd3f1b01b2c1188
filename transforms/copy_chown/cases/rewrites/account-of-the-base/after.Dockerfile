FROM debian:12
COPY --chown=games:www-data app.conf /etc/app.conf
RUN date > /built
