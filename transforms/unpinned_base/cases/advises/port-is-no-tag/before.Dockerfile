FROM localhost:5000/acme/app
