FROM debian:12
RUN touch /slow
ARG REVISION
RUN echo "$REVISION" > /revision
