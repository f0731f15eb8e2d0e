// Command protogen makes Go of one .proto file without protoc: it compiles the file and hands it to the two plugins.
//
//	go run -C tools ./protogen FILE.proto OUTPUT_FOLDER
package main
