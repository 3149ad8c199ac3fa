"""XML documents that every reader takes, whatever texts are put into them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """`text` without what XML cannot hold, not even escaped."""
    return _NOT_XML.sub("\ufffd", text)


def xml_document(root: ET.Element) -> str:
    """The document, indented. ASCII with references: right whatever encoding a pipe has."""
    ET.indent(root)
    return str(ET.tostring(root, "us-ascii", xml_declaration=True), "ascii") + "\n"
