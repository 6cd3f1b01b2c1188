FROM debian:12
COPY app.conf /etc/app/app.conf
RUN chown root:root /etc/app/app.conf
RUN date > /built
