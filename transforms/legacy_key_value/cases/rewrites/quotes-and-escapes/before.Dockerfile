FROM debian:12
ENV MSG he said "hi"\ there   $HOME  x
ENV APOSTROPHE it\'s "a b" 'c  d'
