FROM example.org/base
WORKDIR /app
COPY . .
RUN npm ci
