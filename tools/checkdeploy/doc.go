// Command checkdeploy parses docker-compose.yml (with the values of .env.example) and deploy/Dockerfile, and holds them
// to their promises: only the API is published and on loopback, no secret has a default, services run without extra
// rights, the image runs as an unprivileged user. It starts nothing and needs no Docker.
package main
