FROM debian:12
# hadolint ignore=DL3025

CMD a
RUN touch /x
CMD ["b"]
