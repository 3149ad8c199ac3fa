"""Reports of `runagent-ls check`: one format, one module; each turns a `Report` into text."""
