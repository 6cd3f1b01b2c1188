FROM debian:12
MAINTAINER Jane Doe <jane@example.org>
RUN touch /x
