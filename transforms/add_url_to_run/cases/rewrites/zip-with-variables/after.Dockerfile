FROM buildpack-deps:bookworm
ARG VERSION=1.2
ENV NAME=tool
RUN curl -fsSLo "/tmp/${NAME}.zip" "https://example.org/${NAME}_${VERSION}.zip?raw=1" \
    && unzip /tmp/tool.zip -d /usr/local/bin \
    && rm "/tmp/${NAME}.zip"
