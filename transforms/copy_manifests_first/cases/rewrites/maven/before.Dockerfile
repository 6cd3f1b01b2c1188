FROM maven:3.9 AS build
WORKDIR /src
COPY . .
RUN mvn -B dependency:go-offline
RUN mvn -B package
