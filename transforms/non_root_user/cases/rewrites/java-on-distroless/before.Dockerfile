FROM maven:3.9 AS build
RUN mvn package

FROM gcr.io/distroless/java21-debian12
WORKDIR /home/nonroot
COPY --from=build /src/target/app.jar app.jar
EXPOSE 8080
CMD ["app.jar"]
