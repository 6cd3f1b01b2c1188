FROM debian:12
CMD ["/usr/bin/python3", "-u", "my app.py", "--name=a b"]
