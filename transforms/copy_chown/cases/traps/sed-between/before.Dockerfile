FROM debian:12
COPY a.sh /a.sh
RUN sed -i 's/a/b/' /a.sh && chmod 755 /a.sh
