"""Why there is no connection: the operating system's and the TLS library's words, told apart.

In every case here nothing of the call was sent, so the agent's function was certainly not called.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from runagent_ls.agents.errors import Action, ConnectionFailedError
from runagent_ls.agents.targets.network import shown
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.values import JsonValue

_CLOUD_SUGGESTION = "Check the network and the base URL of the cloud, then try again."


def connection_failed(error: BaseException, target: Target) -> ConnectionFailedError:
    """The error for a connection that did not come about, by what caused it."""
    causes = list(_causes(error))
    details: JsonValue = {"reason": shown(f"{type(error).__name__}: {error}")}
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return _tls_failed(cause, target, details)
        if isinstance(cause, socket.gaierror):
            return ConnectionFailedError(
                f"There is no host `{target.host}`: its name cannot be resolved.",
                suggestion="Check the spelling of the address and the network.",
                action="change-target",
                kind="dns",
                may_have_run=False,
                details=details,
            )
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        said = f"Nothing listens at {target.address}."
    else:
        said = f"{target.address} cannot be reached."
    return ConnectionFailedError(
        said,
        suggestion=_CLOUD_SUGGESTION if target.cloud else None,
        action=_action(target),
        kind="network",
        may_have_run=False,
        details=details,
    )


def proxy_failed(error: BaseException, target: Target) -> ConnectionFailedError:
    """The proxy of the environment did not let us through."""
    return ConnectionFailedError(
        f"The proxy that the environment names gave no connection to {target.address} "
        f"({shown(str(error)) or type(error).__name__}).",
        suggestion="Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, or name the host in NO_PROXY to "
        "go without a proxy.",
        action="change-target",
        kind="network",
        may_have_run=False,
        details={"reason": shown(f"{type(error).__name__}: {error}")},
    )


def connect_timed_out(target: Target, seconds: float | None) -> ConnectionFailedError:
    """The connection was not there in time; `seconds` is the limit."""
    return ConnectionFailedError(
        f"No connection to {target.address} within {seconds:g} s.",
        suggestion=_CLOUD_SUGGESTION if target.cloud else None,
        action="run-again" if target.cloud else "change-target",
        kind="timeout-connect",
        may_have_run=False,
        details={"limit": "connect", "seconds": seconds},
    )


def _tls_failed(error: ssl.SSLError, target: Target, details: JsonValue) -> ConnectionFailedError:
    if isinstance(error, ssl.SSLCertVerificationError):
        said = (
            f"The certificate of {target.address} is not trusted: "
            f"{error.verify_message or error.reason}."
        )
        suggestion = (
            "If the certificate is from your organisation, name the file with its issuer in "
            "SSL_CERT_FILE. Otherwise do not call this address: someone may be in between."
        )
    else:
        said = f"No encrypted connection to {target.address} ({error.reason or error})."
        suggestion = "Check whether the address and its port speak https."
    return ConnectionFailedError(
        said,
        suggestion=suggestion,
        action="change-target",
        kind="tls",
        may_have_run=False,
        details=details,
    )


def _action(target: Target) -> Action:
    return "run-again" if target.cloud else "show-serve-command"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what is behind it, members of groups included."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
