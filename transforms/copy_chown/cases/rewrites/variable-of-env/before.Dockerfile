FROM debian:12
ENV HOME_DIR=/srv
COPY a.sh ${HOME_DIR}/
RUN chmod 755 "$HOME_DIR/a.sh"
CMD ["sh"]
