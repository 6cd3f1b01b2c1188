FROM debian:12
RUN gem install --no-document a && gem install b --no-rdoc --no-ri && gem install -N c && gem install --document=ri d && gem list
