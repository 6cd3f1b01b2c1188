FROM ruby:3.3
WORKDIR /app
COPY Gemfile .ruby-version Gemfile.lock ./
RUN bundle install --deployment --jobs 4
COPY . .
