"""What client code is made of, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

ClientLanguage: TypeAlias = Literal["python", "typescript", "go", "rust", "curl"]


class ClientCodeError(ValueError):
    """No honest code can be written. `advice` says what to do instead."""

    def __init__(self, message: str, advice: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


@dataclass(frozen=True, slots=True)
class ClientTarget:
    """Where the code calls the agent.

    With `cloud` the address is not used. Without an address the code looks the agent up in the
    local registry, where its library can.
    """

    agent_id: str
    cloud: bool = False
    host: str | None = None
    port: int | None = None

    def __post_init__(self) -> None:
        if (self.host is None) != (self.port is None):
            raise ValueError("host and port belong together")


@dataclass(frozen=True, slots=True)
class ClientCode:
    """A whole file. `language_id` is VS Code's name of the language; `notes` are sentences for
    people: what to install, and what to know of the library before trusting it."""

    text: str
    language_id: str
    file_name: str
    notes: tuple[str, ...] = ()
