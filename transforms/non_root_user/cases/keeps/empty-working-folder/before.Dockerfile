FROM openjdk:8-jre
COPY tool.jar /opt/tool.jar
WORKDIR /work
ENTRYPOINT ["java", "-jar", "/opt/tool.jar"]
