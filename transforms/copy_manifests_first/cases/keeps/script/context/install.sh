cat x > /out
