"""From a folder to a served agent: plan, port, records, control channel, front process, stop."""
