FROM debian:12
ENV X=1 \

  Y=2
ONBUILD RUN touch /a \

  && touch /b
