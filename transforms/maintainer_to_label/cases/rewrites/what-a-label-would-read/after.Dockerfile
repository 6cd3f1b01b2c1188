FROM debian:12
ENV TEAM=x
LABEL org.opencontainers.image.authors="Jane \$TEAM \"JD\" o\\'neill C:\\dir <j@example.org>"
