package main

import "os"

func main() {
	os.Create("/var/lib/app.db")
}
