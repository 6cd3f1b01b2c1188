FROM debian:12
CMD nginx \
    # stay in front
    -g 'daemon off;'
