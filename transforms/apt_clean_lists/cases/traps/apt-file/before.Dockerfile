FROM ubuntu:22.04
RUN apt-get update && apt-get install -y apt-file && apt-file update
CMD ["bash"]
