module example.org/app

go 1.21

require (
	example.org/lib v0.0.0
	example.org/far v1.2.3
)

replace example.org/lib => ./lib
