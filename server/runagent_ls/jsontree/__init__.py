"""JSON (and YAML) documents that may be broken: text in, value, places and problems out."""
