FROM debian:12
CMD java -jar ~/a.jar
