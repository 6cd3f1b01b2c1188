FROM debian:12
RUN if true; then touch /a
RUN touch /b
