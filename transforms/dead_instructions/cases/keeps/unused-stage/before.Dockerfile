FROM debian:12 AS test
RUN touch /t
FROM debian:12
RUN touch /x
