FROM buildpack-deps:bookworm
ARG VERSION=1.2
ENV NAME=tool
ADD https://example.org/${NAME}_${VERSION}.zip?raw=1 /tmp/$NAME.zip
RUN unzip /tmp/tool.zip -d /usr/local/bin
