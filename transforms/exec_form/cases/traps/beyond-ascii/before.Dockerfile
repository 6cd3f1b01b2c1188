FROM debian:12
CMD java -Dname='é' -jar /a.jar
