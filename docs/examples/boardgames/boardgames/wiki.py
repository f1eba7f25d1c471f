"""The wiki's pages, as any of LangChain's loaders gives documents."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import yaml
from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

EXAMPLES = (
    "몇 명이서 할 수 있는 게임이야?",
    "이 게임 한 판에 얼마나 걸려?",
    "누가 먼저 시작해?",
    "점수는 어떻게 계산해?",
    "비기면 누가 이겨?",
    "How many people can play?",
    "How long does a game take?",
    "Who goes first?",
    "How are points scored?",
    "Who wins a tie?",
)


def pages() -> list[dict[str, Any]]:
    """Return the wiki's pages: a game's name in each language, its box's colour, and its rules."""
    return list(yaml.safe_load((files(__package__) / "wiki.yaml").read_text("utf-8")))


def read(language: str) -> list[str]:
    """Return the games' names in a language."""
    return [page[language]["name"] for page in pages()]


class Wiki(BaseLoader):
    """Loads a document a game and language."""

    def lazy_load(self) -> Iterator[Document]:
        for page in pages():
            for language in ("ko", "en"):
                told = page[language]
                place = f"https://games.example/{page['id']}/{language}"
                yield Document(
                    f"# {told['name']}\n\n{told['rules']}", metadata={"source": place, "title": told["name"]}
                )
