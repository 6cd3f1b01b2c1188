FROM debian:12
RUN touch /a; touch /b
RUN test -e /c || touch /c
