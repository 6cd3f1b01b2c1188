FROM debian:12
# dfopt: keep combine-instructions
ENV A=1
ENV B=2
