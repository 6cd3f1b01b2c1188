FROM debian:12
ENV LANG=C.UTF-8
ENV JAVA_OPTS="-Xms256m -Xmx1g"
LABEL description="A tool for many things"
RUN echo "$JAVA_OPTS" > /opts
