FROM debian:12
ENTRYPOINT ["java", "-Xmx1g", \
    "-Dname=a\"b", \
    "-jar", "/app.jar"]
