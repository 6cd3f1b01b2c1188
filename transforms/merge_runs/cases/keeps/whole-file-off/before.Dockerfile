# dfopt: off
FROM debian:12
RUN touch /a
RUN touch /b
