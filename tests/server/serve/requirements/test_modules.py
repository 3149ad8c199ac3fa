"""Which package has a module."""

from __future__ import annotations

import pytest

from runagent_ls.serve.requirements import package_of


@pytest.mark.parametrize(
    ("module", "requirements", "expected"),
    [
        ("yaml", [], "PyYAML"),
        ("yaml.loader", ["requests", "pyyaml"], "pyyaml"),
        ("google.generativeai.types", [], "google-generativeai"),
        ("google.cloud.storage", ["google-cloud-storage"], "google-cloud-storage"),
        ("langchain_openai", [], "langchain-openai"),
        ("langchain_openai", ["LangChain.OpenAI"], "LangChain.OpenAI"),
        ("httpx", ["requests"], "httpx"),
        ("distutils.core", [], None),
        ("tkinter", [], None),
        ("no; rm -rf", [], None),
        ("-r", [], None),
    ],
)
def test_the_package(module: str, requirements: list[str], expected: str | None) -> None:
    assert package_of(module, requirements) == expected
