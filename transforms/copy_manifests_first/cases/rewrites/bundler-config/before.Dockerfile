FROM ruby:3.3
WORKDIR /app
COPY . /app
RUN gem install bundler && bundle config set --local deployment true && bundle install
RUN bundle exec rake
