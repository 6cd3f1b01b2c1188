FROM alpine:3.20
RUN set -o pipefail && make 2>&1 | tee /build.log
