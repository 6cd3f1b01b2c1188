FROM fedora:40
RUN set -e; { dnf install -y git; touch /a; }
