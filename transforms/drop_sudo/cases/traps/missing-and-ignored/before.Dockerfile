FROM debian:12
RUN sudo rm -rf /srv; touch /done
