"""Packages that the default install leaves out: what is missing is named in one line, by the extra that brings it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from stylegraph.agent.errors import MissingExtraError

EXTRAS = {
    "PIL": "fashion",
    "onnxruntime": "fashion",
    "docx": "documents",
    "feedparser": "documents",
    "pdfminer": "documents",
    "pdfplumber": "documents",
    "youtube_transcript_api": "documents",
    "lxml": "documents",
    "protego": "documents",
    "readability": "documents",
    "tavily": "web",
    "ddgs": "ddgs",
    "elastic_transport": "elastic",
    "elasticsearch": "elastic",
    "langchain_openai": "openai",
    "openai": "openai",
    "mcp": "mcp",
    "limits": "serve",
    "starlette": "serve",
    "uvicorn": "serve",
    "psycopg": "postgres",
    "psycopg_pool": "postgres",
    "pyarrow": "parquet",
    "peft": "finetune",
    "trl": "finetune",
}
"""Module of an optional package -> the extra that brings it."""


@contextmanager
def needed(what: str) -> Iterator[None]:
    """Let an import fail with the name of the extra that is missing.

    Args:
        what: What needs the package, as the beginning of a sentence.

    Raises:
        MissingExtraError: A package of an extra is not installed.

    Example:
        >>> with needed("Elasticsearch"):
        ...     import json
    """
    try:
        yield
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        raise MissingExtraError(what, extra) from None
