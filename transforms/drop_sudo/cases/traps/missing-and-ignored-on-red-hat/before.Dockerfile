FROM centos:7
RUN yum install -y sudo
RUN sudo rm -rf /srv; touch /done
