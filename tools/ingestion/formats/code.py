"""Source code: a block for each definition, with its name and the line that it begins at."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from stylegraph.agent.evidence import Locator
from stylegraph.tools.ingestion.formats.record import Blocks, Failure, Origin, Record, document, empty, placed

_DEFINITION = re.compile(
    r"(?:export\s+|default\s+|public\s+|private\s+|protected\s+|internal\s+|static\s+|abstract\s+|final\s+|async\s+|"
    r"pub(?:\([\w:]+\))?\s+|unsafe\s+|extern\s+|override\s+|sealed\s+|data\s+|open\s+|inline\s+|virtual\s+)*"
    r"(?:(?:class|interface|struct|enum|trait|impl|object|record|module|namespace|type|def|func|fun|fn|function\*?|sub|"
    r"protocol|extension|actor|create\s+(?:or\s+replace\s+)?(?:table|view|function|procedure|index))\s+"
    r"(?:\([^)]*\)\s*)?(?P<name>[\w$.:<>\"`-]+)"
    r"|(?:const|let|var)\s+(?P<bound>[\w$]+)\s*=\s*(?:async\s*)?(?:function|\([^)]*\)\s*=>|[\w$]+\s*=>)"
    r"|(?P<shell>[\w-]+)\s*\(\)\s*\{"
    r"|(?:[\w:<>,*&\[\]]+\s+)+[*&]*(?P<typed>[\w:~]+)\s*\([^;]*$)",
    re.IGNORECASE,
)
_NO_NAME = frozenset({"if", "for", "while", "switch", "return", "catch", "else", "do", "new", "throw", "using"})
_COMMENT = re.compile(r"\s*(?://|#(?!include|define)|/\*|\*|@|--|\"\"\")")
LANGUAGES = {
    ".py": "python",
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx"), "javascript"),
    **dict.fromkeys((".ts", ".tsx"), "typescript"),
    **dict.fromkeys((".c", ".h"), "c"),
    **dict.fromkeys((".cc", ".cpp", ".cxx", ".hpp"), "cpp"),
    **{".java": "java", ".kt": "kotlin", ".go": "go", ".rs": "rust", ".cs": "csharp", ".swift": "swift"},
    **{".rb": "ruby", ".php": "php", ".scala": "scala", ".sh": "bash", ".sql": "sql"},
}
"""File name ending -> what a fence calls the language."""


class _Part(NamedTuple):
    line: int
    """1-based."""
    name: str


def reader_for(language: str) -> Callable[[str, Origin], Record | Failure]:
    """Make a reader of source code in a language."""

    def read(text: str, origin: Origin) -> Record | Failure:
        if not text.strip():
            return empty(origin)
        lines = text.split("\n")
        blocks = Blocks()
        parts = list(_parts(text, language))
        for part, following in pairwise([*parts, _Part(len(lines) + 1, "")]):
            body = "\n".join(lines[part.line - 1 : following.line - 1]).strip("\n")
            place = Locator(line=part.line, heading=part.name) if part.name else Locator(line=part.line)
            blocks.add(f"{_fence(body)}{language}\n{body}\n{_fence(body)}" if body.strip() else "", place)
        begins = tuple(start for start, _ in blocks.marks)
        return placed(document(origin, blocks.text, f"{origin.name} ({language})"), marks=blocks.marks, breaks=begins)

    return read


def _fence(body: str) -> str:
    """Return a fence that is longer than any in the code."""
    return "`" * max(3, *(len(run) + 1 for run in re.findall(r"`{3,}", body)), 3)


def _parts(text: str, language: str) -> Iterator[_Part]:
    """Return where each definition begins; the first part is what stands before them."""
    found = list(_python(text) if language == "python" else _others(text))
    if not found or found[0].line > 1:
        yield _Part(1, "")
    yield from found


def _python(text: str) -> Iterator[_Part]:
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield from _others(text)
        return
    for node in module.body:
        yield from _definitions(node, "")


def _definitions(node: ast.stmt, within: str) -> Iterator[_Part]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        name = f"{within}{node.name}"
        yield _Part(min([node.lineno, *(one.lineno for one in node.decorator_list)]), name)
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                yield from _definitions(inner, f"{name}.")


def _others(text: str) -> Iterator[_Part]:
    """Return the definitions of the outermost level, each with the comments above it."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        found = _DEFINITION.match(line) if line[:1].strip() else None
        name = next((value for value in found.groups() if value), "") if found else ""
        if not name or name.lower() in _NO_NAME or line.split("(")[0].split(" ")[0].lower() in _NO_NAME:
            continue
        begin = number
        while begin and lines[begin - 1].strip() and _COMMENT.match(lines[begin - 1]):
            begin -= 1
        yield _Part(begin + 1, name)
