module github.com/runagent-dev/runagent-go

go 1.23
