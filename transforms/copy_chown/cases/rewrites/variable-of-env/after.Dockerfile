FROM debian:12
ENV HOME_DIR=/srv
COPY --chmod=755 a.sh ${HOME_DIR}/
CMD ["sh"]
