"""`textDocument/hover`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runagent_ls.lsp.features.activity import Activities
from runagent_ls.lsp.features.locations import Asked, asked, lines_of, span_message
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session
from runagent_ls.project.discovery import is_config

if TYPE_CHECKING:  # loaded with the first question
    from runagent_ls.features.hover.model import Happened, Hover
    from runagent_ls.features.markup.content import Line


class Hovers:
    """Says what stands under the mouse, in configurations and in code."""

    def __init__(self, session: Session, activities: Activities) -> None:
        self._session = session
        self._activities = activities
        session.on_async("textDocument/hover", self._hover)

    async def _hover(self, params: Json) -> Json | None:
        place = asked(self._session, params)
        hover = None if place is None else self._find(place)
        if place is None or hover is None:
            return None
        # Now, since the text may be another when the rest is known.
        range_shown = span_message(lines_of(self._session, place.path), hover.span)
        return {"contents": await self._contents(hover), "range": range_shown}

    def _find(self, place: Asked) -> Hover | None:
        workspace = self._session.workspace
        if is_config(place.path):
            from runagent_ls.features.hover.configuration import config_hover

            return config_hover(workspace, workspace.project(place.path), place.offset)
        from runagent_ls.features.hover.code import code_hover

        return code_hover(workspace, place.path, place.offset)

    async def _contents(self, hover: Hover) -> Json:
        from runagent_ls.features.markup.rendering import markdown, plain_text

        lines = await self._lines(hover.asks)
        blocks = hover.filled(lines.get)
        if self._session.client.markdown_hover:
            return {"kind": "markdown", "value": markdown(blocks, self._session.uris.uri)}
        return {"kind": "plaintext", "value": plain_text(blocks)}

    async def _lines(self, asks: tuple[Happened, ...]) -> dict[Happened, Line]:
        from runagent_ls.features.hover.activity import activity_line

        found: dict[Happened, Line] = {}
        for config in {it.config for it in asks}:
            wanted = [it for it in asks if it.config == config]
            activity = await self._activities.of(config, (it.tag for it in wanted if it.tag))
            for it in wanted:
                if (line := activity_line(activity, it.tag)) is not None:
                    found[it] = line
        return found
