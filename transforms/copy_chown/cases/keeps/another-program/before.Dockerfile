FROM debian:12
COPY src /d
RUN find /d -type f -exec chmod 644 {} +
RUN chgrp 5 /d
