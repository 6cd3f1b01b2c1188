# dfopt: keep end-of-life-base
FROM centos:7
