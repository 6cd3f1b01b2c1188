FROM alpine:3.22
EXPOSE 22
CMD ["/run.sh"]
