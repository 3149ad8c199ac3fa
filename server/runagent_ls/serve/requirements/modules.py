"""Which package a module comes from, where the two have different names."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import Final

PACKAGES: Final = {
    "Crypto": "pycryptodome",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyOpenSSL",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "discord": "discord.py",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "faiss": "faiss-cpu",
    "fitz": "PyMuPDF",
    "git": "GitPython",
    "google.genai": "google-genai",
    "google.generativeai": "google-generativeai",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "magic": "python-magic",
    "multipart": "python-multipart",
    "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary",
    "serpapi": "google-search-results",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "slugify": "python-slugify",
    "speech_recognition": "SpeechRecognition",
    "tavily": "tavily-python",
    "telegram": "python-telegram-bot",
    "yaml": "PyYAML",
    "zmq": "pyzmq",
}
"""Modules whose package has another name, for those that agents use."""


def package_of(module: str, requirements: Iterable[str] = ()) -> str | None:
    """The package that has `module`: of the agent's own `requirements` the one that fits, else the
    one that is known to have it, else one of the same name. None for modules of Python itself.
    """
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names or not re.fullmatch(r"[A-Za-z0-9_.]+", module):
        return None
    known = next((PACKAGES[it] for it in _beginnings(module) if it in PACKAGES), None)
    likely = [known or top, *(it.replace(".", "-") for it in _beginnings(module))]
    wanted = [_canonical(it) for it in likely]
    for name in requirements:
        if _canonical(name) in wanted:
            return name
    return known or top.replace("_", "-")


def _beginnings(module: str) -> list[str]:
    """`a.b.c`, `a.b`, `a`."""
    parts = module.split(".")
    return [".".join(parts[:length]) for length in range(len(parts), 0, -1)]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
