FROM debian:12
RUN echo "gem: --document=ri" > ~/.gemrc && gem install rake
