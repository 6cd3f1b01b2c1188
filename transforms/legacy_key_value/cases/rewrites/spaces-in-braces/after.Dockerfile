FROM debian:12
ENV A=${B:-x\ y}\ "q"
