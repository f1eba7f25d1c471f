"""The sources file, `knowledge.toml`: what should be indexed, how, and how often."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from stylegraph.agent.errors import InputError, StylegraphError
from stylegraph.agent.regular_files import require_regular
from stylegraph.tools.ingestion.ingest import ChunkOptions
from stylegraph.tools.ingestion.remote.api import Api
from stylegraph.tools.ingestion.remote.site import Limits
from stylegraph.tools.ingestion.sources import Source, is_url
from stylegraph.tools.retrieval.library import check_name

_UNITS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
SCHEDULE = r"^(?:hourly|daily|weekly|[1-9]\d{0,3}[mhdw])$"
"""How often, as people write it: `hourly`, `15m`, `6h`."""
_NAMED = {"hourly": "1h", "daily": "1d", "weekly": "1w"}
_CHUNKS = tuple(ChunkOptions.__annotations__)
_KINDS: dict[str, Any] = {"auto": None, "pictures": None, "site": Limits, "api": Api}
_LARGEST = 1_000_000
_KEY = re.compile(r"""\s*["']?([\w-]+)["']?\s*=""")
_TABLE = re.compile(r"\s*\[\[?\s*([\w.]+)\s*\]\]?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One entry of the file."""

    source: Source
    index: str
    """The index that it goes to."""
    chunks: ChunkOptions
    seconds: int
    """How old what is indexed of it may get; 0: it is looked at every time."""
    line: int

    @property
    def name(self) -> str:
        """What the index knows it by."""
        return self.source.name


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    source: Annotated[str, Field(min_length=1, max_length=4_000)]
    kind: Literal["auto", "pictures", "site", "api"] = "auto"
    index: str = "default"
    schedule: Annotated[str, Field(pattern=SCHEDULE)] | None = None
    audience: list[str] = []
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = None
    options: dict[str, Any] = {}


@dataclass(slots=True)
class _Troubles:
    """What is wrong with a file, line by line."""

    lines: dict[tuple[int, str], int]
    told: list[tuple[int, str]] = field(default_factory=list)

    def add(self, entry: int, key: str, what: str) -> None:
        self.told.append((self.line(entry, key), what))

    def line(self, entry: int, key: str = "") -> int:
        return self.lines.get((entry, key)) or self.lines.get((entry, ""), 1)


def read_wanted(path: Path) -> list[Wanted]:
    """Read a sources file. Paths in it are relative to its folder.

    Raises:
        InputError: It can't be read or used; names every line that is wrong, and what is wrong with it.
    """
    text = _text(path)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is not valid TOML: {error}.", "Correct that line.") from None
    troubles = _Troubles(_lines(text))
    if extra := [key for key in content if key != "source"]:
        troubles.add(-1, extra[0], f"`{extra[0]}` is not known here; every source begins with [[source]]")
    found = content.get("source", [])
    if not isinstance(found, list):
        troubles.add(-1, "source", "a source begins with [[source]], in two pairs of brackets")
        found = []
    wanted = [one for number, entry in enumerate(found) if (one := _wanted(number, entry, path.parent, troubles))]
    _refuse_twins(wanted, troubles)
    if troubles.told:
        shown = "\n".join(f"  line {line}: {what}" for line, what in sorted(troubles.told))
        raise InputError(f"{path} can't be used:\n{shown}", "Correct these lines; nothing was done.")
    return wanted


def _text(path: Path) -> str:
    try:
        require_regular(path)
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path} is larger than {_LARGEST:,} bytes.", "Name a sources file.")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(
            f"There is no {path}.", 'Make one: [[source]] on a line, source = "notes/" on the next.'
        ) from None
    except (OSError, UnicodeError) as error:
        reason, remedy = (
            (error.strerror, "Name a file.") if isinstance(error, OSError) else (error, "Save it as UTF-8.")
        )
        raise InputError(f"{path} can't be read: {reason}.", remedy) from None


def _lines(text: str) -> dict[tuple[int, str], int]:
    """Return the line of each key of each entry; an empty key is the entry's first line, -1 what is outside of them."""
    lines: dict[tuple[int, str], int] = {}
    entry = -1
    for number, line in enumerate(text.split("\n"), start=1):
        if table := _TABLE.match(line):
            entry += line.lstrip().startswith("[[")
            lines.setdefault((entry, ""), number)
            lines.setdefault((-1, table[1].partition(".")[0]), number)
        elif key := _KEY.match(line):
            lines.setdefault((entry, key[1]), number)
    return lines


def _wanted(number: int, entry: Any, folder: Path, troubles: _Troubles) -> Wanted | None:  # noqa: ANN401
    before = len(troubles.told)
    try:
        read = _Entry.model_validate(entry)
        check_name(read.index)
    except ValidationError as error:
        _tell(number, error, list(_Entry.model_fields), troubles)
        return None
    except InputError as error:
        troubles.add(number, "index", str(error))
        return None
    chunks, classes, rest = _sorted_out(read.options)
    source = Source(
        read.source if is_url(read.source) else str(folder / Path(read.source).expanduser()),
        tuple(_checked(number, list[str], classes, troubles) or ()),
        site=_kind(number, read, "site", rest, troubles),
        api=_kind(number, read, "api", rest, troubles),
        pictures=read.kind == "pictures",
        fields=dict(_fields(read)),
    )
    if _KINDS[read.kind] is None:
        _refuse_unknown(number, rest, troubles)
    checked = _checked(number, ChunkOptions, chunks, troubles) or ChunkOptions()
    try:
        _ = source.name
    except StylegraphError as error:
        troubles.add(number, "source", str(error))
    if len(troubles.told) > before:
        return None
    return Wanted(source, read.index, checked, seconds_of(read.schedule), troubles.line(number))


def _sorted_out(options: Mapping[str, Any]) -> tuple[dict[str, Any], Any, dict[str, Any]]:
    """Return what is said of chunks, of classes, and all else."""
    chunks = {name: value for name, value in options.items() if name in _CHUNKS}
    rest = {name: value for name, value in options.items() if name not in (*_CHUNKS, "css_class")}
    return chunks, options.get("css_class", []), rest


def _kind(number: int, read: _Entry, kind: str, rest: Mapping[str, Any], troubles: _Troubles) -> Any:  # noqa: ANN401
    return _checked(number, _KINDS[kind], rest, troubles) if read.kind == kind else None


def _checked(number: int, kind: Any, value: Any, troubles: _Troubles) -> Any:  # noqa: ANN401
    """Return options as what they stand for, or note what is wrong with them."""
    known = [*_CHUNKS, "css_class", *(one.name for one in fields(kind))] if kind in _KINDS.values() else list(_CHUNKS)
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        _tell(number, error, known, troubles)
        return None


def _tell(number: int, error: ValidationError, known: Iterable[str], troubles: _Troubles) -> None:
    for one in error.errors():
        key = str(one["loc"][0]) if one["loc"] else ""
        if one["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
            troubles.add(number, key, f"`{key}` is not an option here{_near(key, known)}")
        else:
            troubles.add(number, key, f"{'`' + key + '`: ' if key else ''}{one['msg'][:1].lower()}{one['msg'][1:]}")


def _refuse_unknown(number: int, rest: Mapping[str, Any], troubles: _Troubles) -> None:
    for key in rest:
        kinds = [kind for kind, model in _KINDS.items() if model and key in {one.name for one in fields(model)}]
        hint = f'; it belongs to kind = "{kinds[0]}"' if kinds else _near(key, [*_CHUNKS, "css_class"])
        troubles.add(number, key, f"`{key}` is not an option here{hint}")


def _near(key: str, known: Iterable[str]) -> str:
    match = difflib.get_close_matches(key, list(known), n=1)
    return f"; did you mean `{match[0]}`?" if match else f"; there are: {', '.join(known)}"


def _fields(read: _Entry) -> Iterator[tuple[str, Any]]:
    if read.audience:
        yield "audience", read.audience
    if read.language:
        yield "language", read.language


def seconds_of(schedule: str | None) -> int:
    """Return the seconds of `daily` or `6h`; 0 where none is written."""
    if schedule is None:
        return 0
    written = _NAMED.get(schedule, schedule)
    return int(written[:-1]) * _UNITS[written[-1]]


def _refuse_twins(wanted: list[Wanted], troubles: _Troubles) -> None:
    first: dict[tuple[str, str], int] = {}
    for one in wanted:
        line = first.setdefault((one.index, one.name), one.line)
        if line != one.line:
            troubles.told.append((one.line, f"names the same source as line {line}"))
