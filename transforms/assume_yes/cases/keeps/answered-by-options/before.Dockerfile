FROM debian:12
RUN apt-get install -yq a && apt-get -qq install b && apt-get install -q -q c && apt-get -q=2 install d && apt-get install --assume-yes e
RUN apt-get install -s f && yum -y install g && zypper -n in h && apt-get update && yum search i
