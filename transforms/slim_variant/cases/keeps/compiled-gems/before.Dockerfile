FROM ruby:3.4
RUN bundle install
