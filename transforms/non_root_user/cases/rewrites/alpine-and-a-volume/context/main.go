package main

import (
	"flag"
	"log"
	"net/http"
)

func main() {
	dir := flag.String("dir", ".", "the directory that is served")
	flag.Parse()
	log.Fatal(http.ListenAndServe(":8080", http.FileServer(http.Dir(*dir))))
}
