"""Editor features over LSP, each a thin handler over `runagent_ls.features`."""
