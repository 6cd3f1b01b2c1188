FROM openjdk:17
