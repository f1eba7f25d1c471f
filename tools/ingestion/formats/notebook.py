"""Jupyter notebooks: Markdown cells as they are, code in fences, the text that code printed; each knows its cell."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from stylegraph.agent.evidence import Locator
from stylegraph.tools.ingestion.formats.markdown import heading
from stylegraph.tools.ingestion.formats.record import Blocks, Failure, Origin, Record, document, empty, placed
from stylegraph.tools.net.charsets import clean

_OUTPUT_CHARS = 2_000
"""What is read of the output of one cell: a log says little, and never ends."""


def read_notebook(text: str, origin: Origin) -> Record | Failure:
    """Read a notebook of nbformat 3 or 4 as one document whose chunks name their cell by JSON pointer."""
    try:
        notebook = json.loads(text)
        prefix, cells = _cells(notebook)
        language = str(notebook.get("metadata", {}).get("kernelspec", {}).get("language", ""))
    except (ValueError, AttributeError, LookupError, TypeError, RecursionError):
        return empty(origin, "is not a notebook", "Open it in Jupyter and save it again.")
    blocks = Blocks()
    for number, cell in enumerate(cells):
        for part in _parts(cell, language):
            blocks.add(part, Locator(pointer=f"{prefix}/{number}"))
    if not blocks.text:
        return empty(origin)
    return placed(document(origin, blocks.text, heading(blocks.text)), marks=blocks.marks)


def _cells(notebook: Any) -> tuple[str, list[Any]]:  # noqa: ANN401
    """Return the pointer to the cells, and the cells; nbformat 3 has them on worksheets, of which there is one."""
    if "worksheets" in notebook:
        return "/worksheets/0/cells", list(notebook["worksheets"][0]["cells"])
    return "/cells", list(notebook["cells"])


def _parts(cell: Any, language: str) -> Iterator[str]:  # noqa: ANN401
    if not isinstance(cell, Mapping):
        return
    source = _joined(cell.get("source") or cell.get("input")).strip()
    if cell.get("cell_type") != "code":
        yield source
        return
    if source:
        yield f"```{language}\n{source}\n```"
    printed = "\n".join(filter(None, map(_printed, cell.get("outputs") or []))).strip()
    if printed:
        yield f"```\n{printed[:_OUTPUT_CHARS]}\n```"


def _printed(output: Any) -> str:  # noqa: ANN401
    """Return the text of an output; pictures and HTML are left out, their plain text is not."""
    if not isinstance(output, Mapping):
        return ""
    if output.get("output_type") == "error":
        return f"{output.get('ename', '')}: {output.get('evalue', '')}"
    data = output.get("data")
    return _joined(output.get("text") or (data.get("text/plain") if isinstance(data, Mapping) else "")).strip()


def _joined(value: Any) -> str:  # noqa: ANN401
    """Return text that nbformat writes as one string or as a list of lines."""
    lines = value if isinstance(value, list) else [value or ""]
    return clean("".join(str(line) for line in lines))
