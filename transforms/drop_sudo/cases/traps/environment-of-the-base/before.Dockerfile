FROM ruby:3.1
RUN apt-get update && apt-get install -y sudo
RUN sudo gem install example
