"""The way to other machines, the same for REST and WebSocket: proxy and trusted certificates.

Proxies come from HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY (or the system's settings, where
Python knows them), trusted certificates from SSL_CERT_FILE and SSL_CERT_DIR, else from the system
and from `certifi`. Certificates are always checked. Calls to this machine use no proxy.
"""

from __future__ import annotations

import functools
import os
import re
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from runagent_ls.agents.errors import ConnectionFailedError
from runagent_ls.agents.targets.address import address_of, is_loopback

CERTIFICATE_FILE_VARIABLE = "SSL_CERT_FILE"
CERTIFICATE_FOLDER_VARIABLE = "SSL_CERT_DIR"
_LOGIN = re.compile(r"//.*@")
"""Passwords may hold `/` and `@`: rather too much of a text than a part of one."""


def tls_context() -> ssl.SSLContext:
    """What is trusted; ConnectionFailedError when a variable names certificates that are not there.

    Takes some 30 ms the first time.
    """
    return _tls_context(
        os.environ.get(CERTIFICATE_FILE_VARIABLE, ""),
        os.environ.get(CERTIFICATE_FOLDER_VARIABLE, ""),
    )


@functools.lru_cache(maxsize=4)
def _tls_context(file: str, folder: str) -> ssl.SSLContext:
    if not file and not folder:
        import certifi

        context = ssl.create_default_context()
        context.load_verify_locations(cafile=certifi.where())
        return context
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if file:
        _load(context, CERTIFICATE_FILE_VARIABLE, file)
    # a list, as for OpenSSL
    for one in folder.split(os.pathsep) if folder else ():
        if one:
            _load(context, CERTIFICATE_FOLDER_VARIABLE, one)
    return context


def _load(context: ssl.SSLContext, variable: str, named: str) -> None:
    try:
        if variable == CERTIFICATE_FILE_VARIABLE:
            context.load_verify_locations(cafile=named)
        elif Path(named).is_dir():
            context.load_verify_locations(capath=named)
        else:
            raise FileNotFoundError("there is no such folder")
    except (OSError, ValueError) as error:
        raise ConnectionFailedError(
            f"The trusted certificates that {variable} names cannot be read: {named} ({error}).",
            suggestion=f"Correct or remove the variable {variable}.",
            action="change-target",
            kind="tls",
            may_have_run=False,
        ) from error


def proxy_for(scheme: str, host: str, port: int) -> str | None:
    """The URL of the proxy that the environment names for a server, None for the direct way.

    It may hold a password: use `shown` before it gets into a text. ConnectionFailedError for a
    proxy of a kind that cannot be used.
    """
    if is_loopback(host):
        return None
    from urllib.request import getproxies, proxy_bypass

    if proxy_bypass(address_of(host, port)):
        return None
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    if not proxy:
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    try:
        parts = urlsplit(proxy)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        usable = False
    if not usable:
        raise ConnectionFailedError(
            f"The proxy that the environment names for {host} cannot be used: {shown(proxy)}.",
            suggestion=f"Name a proxy that starts with `http://` in {scheme.upper()}_PROXY, or "
            "name the host in NO_PROXY to go without.",
            action="change-target",
            kind="network",
            may_have_run=False,
        )
    return proxy


def shown(text: str) -> str:
    """The text without the user names and passwords of URLs in it."""
    return _LOGIN.sub("//***@", text)
