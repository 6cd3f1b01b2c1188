FROM ruby:3.3
WORKDIR /app
COPY Gemfile Gemfile.lock /app/
RUN gem install bundler && bundle config set --local deployment true && bundle install
COPY . /app
RUN bundle exec rake
