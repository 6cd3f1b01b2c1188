FROM acme/base
RUN apk add --no-cache curl && rm -rf /var/cache/apk/*
