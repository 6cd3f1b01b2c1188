FROM ruby:3.3
EXPOSE 4567
CMD ["tini", "--", "ruby", "app.rb"]
WORKDIR /code
ADD . /code
