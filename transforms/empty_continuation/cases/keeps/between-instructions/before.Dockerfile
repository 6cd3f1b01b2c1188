FROM debian:12


RUN touch /a \
  # a comment
  && touch /b

RUN cat <<EOF > /c

x

EOF
