"""Options that several commands share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from stylegraph.agent.errors import InputError

_LONGEST_STDIN = 10_000_000


def there(path: Path | None) -> Path | None:
    """Refuse a file that is not there; `-` stands for standard input."""
    if path is not None and str(path) != "-" and not path.is_file():
        raise typer.BadParameter(f"there is no file at {path}.")
    return path


Effort = Literal["quick", "standard", "thorough"]
"""`agent.state.Effort`, written again because importing that takes a second and `--help` must not."""

Leg = Literal["fused", "lexical", "dense"]
"""`agent.evidence.Leg`, written again for the same reason."""

IndexName = Annotated[
    str | None, typer.Option("--index", metavar="NAME", help="Look in this index only; all of them otherwise.")
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="FIELD=VALUE",
        help="Look at documents only that have this value, such as audience=staff or language=ko; repeatable.",
    ),
]
Thread = Annotated[
    str | None, typer.Option("--thread", metavar="NAME", help="Continue this conversation, or begin one of that name.")
]
User = Annotated[str, typer.Option("--user", metavar="NAME", help="Whose profile is used and learned.")]
Images = Annotated[
    list[str] | None,
    typer.Option("--image", metavar="FILE", help="A picture that the question is about: a file or a URL; repeatable."),
]
EffortOption = Annotated[
    Effort | None, typer.Option("--effort", help="How hard a turn tries; STYLEGRAPH_EFFORT otherwise.")
]
Questions = Annotated[
    Path | None,
    typer.Option(
        "--questions",
        metavar="IN.jsonl",
        callback=there,
        help="Many questions, one JSON object a line; - is standard input.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="OUT.jsonl",
        dir_okay=False,
        help="Where the results of --questions or --queries go; standard output otherwise.",
    ),
]
Count = Annotated[int, typer.Option("-k", metavar="N", min=1, max=1000, help="How many at most.")]


def pictures(references: str | list[str] | None) -> list[str | Path]:
    """Distinguish pictures' addresses from their paths."""
    listed = [references] if isinstance(references, str) else references or []
    return [one if one.startswith(("http://", "https://")) else Path(one) for one in listed]


def conditions(given: list[str] | None) -> dict[str, list[str]]:
    """Return fields with the values that are allowed.

    Raises:
        InputError: One is not written as FIELD=VALUE.
    """
    allowed: dict[str, list[str]] = {}
    for one in given or []:
        field, sign, value = one.partition("=")
        if not field or not sign:
            raise InputError(f"--only {one[:80]!r} is not FIELD=VALUE.", "Write it such as --only audience=staff.")
        allowed.setdefault(field, []).append(value)
    return allowed


def read_text(given: str) -> str:
    """Return what was typed, or standard input for `-`.

    Raises:
        InputError: Standard input is not UTF-8, or endless.
    """
    if given != "-":
        return given
    content = sys.stdin.buffer.read(_LONGEST_STDIN + 1)
    if len(content) > _LONGEST_STDIN:
        raise InputError("Standard input is longer than any question.", "Index a long text: stylegraph index FILE.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"Standard input is not valid UTF-8 (byte {error.start}).", "Convert it, such as with iconv -t UTF-8."
        ) from None


async def check_index(name: str | None) -> None:
    """See that the index that is named can be searched, before many questions are asked of it.

    Raises:
        InputError: There is no index of that name.
        IndexStoreError: It can't be searched.
    """
    if name is None:
        return
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.build import open_library
    from stylegraph.tools.retrieval.library import search

    async with open_library(load_settings()) as library:
        await search(library, [], 1, index=name)
