FROM ruby:3.3
EXPOSE 4567
CMD ["tini", "--", "ruby", "app.rb"]
WORKDIR /code
RUN groupadd -g 10001 app \
    && useradd -l -m -u 10001 -g app app \
    && install -d -o 10001 -g 10001 /code
ADD --chown=10001:10001 . /code
USER 10001:10001
