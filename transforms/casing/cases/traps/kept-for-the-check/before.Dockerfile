FROM debian:12
RUN touch /b
# check=skip=ConsistentInstructionCasing
cmd ["a"]
