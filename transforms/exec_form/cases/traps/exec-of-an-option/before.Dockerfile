FROM centos:7
CMD exec -a name sleep 3
