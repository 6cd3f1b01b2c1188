module a

go 1.21

require example.org/b v1.0.0
