FROM ubuntu:14.04
RUN gem install rake
