FROM alpine:3.20
RUN make 2>&1 | tee /build.log
