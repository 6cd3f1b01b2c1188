FROM php:8.3-cli
WORKDIR /app
COPY . .
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
RUN composer install --no-scripts --no-autoloader --no-dev \
    && composer dump-autoload --optimize
