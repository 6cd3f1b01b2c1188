FROM debian:12
RUN ["touch", "/a b"]
RUN touch /c
