"""JSON Schemas of parameters and results as types of JavaScript, TypeScript, Go and Rust.

The plain types are those of RunAgent's own table (`str`, `int`, `float`, `bool`, `List[T]`,
`Dict[str, Any]`); what that table lacks follows the habits of each language.
"""

from __future__ import annotations

from runagent_ls.features.types.names import identifier
from runagent_ls.features.types.table import TypeRow, table
from runagent_ls.features.types.translation import Language, Translator, TypeText, translate

__all__ = ["Language", "Translator", "TypeRow", "TypeText", "identifier", "table", "translate"]
