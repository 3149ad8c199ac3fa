"""Hosts and ports: how they are written, and whether they are this machine."""

from __future__ import annotations

import contextlib
import ipaddress
import re

LOCAL_HOST = "127.0.0.1"
_ANY_INTERFACE = {"0.0.0.0": LOCAL_HOST, "::": "::1", "": LOCAL_HOST}  # noqa: S104 - replaced


def address_of(host: str, port: int) -> str:
    """`host:port` as URLs and people write it."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_loopback(host: str) -> bool:
    """True for names and addresses that never leave this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_host(host: str) -> bool:
    """Whether the host can stand in a URL without changing the rest of it, and be looked up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = host.removesuffix(".").split(".")
        label = r"[A-Za-z0-9_-]{1,63}"
        return len(host) <= 253 and all(re.fullmatch(label, one) for one in labels)
    return True


def reachable(host: str) -> str:
    """As it is connected to: a server on all interfaces is called on this machine's own, and
    names beyond ASCII are spelled as the name service knows them."""
    host = _ANY_INTERFACE.get(host, host).strip("[]")
    if not host.isascii():
        with contextlib.suppress(UnicodeError):
            return host.encode("idna").decode()
    return host
