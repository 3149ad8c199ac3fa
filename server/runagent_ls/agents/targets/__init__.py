"""Where a call goes: an address, the local registry, or the cloud with its key."""
