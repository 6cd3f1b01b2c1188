FROM openjdk:8-jre
COPY tool.jar /opt/tool.jar
WORKDIR /docs
ENTRYPOINT ["java", "-jar", "/opt/tool.jar"]
