"""Reads the rows of a catalogue, in CSV or JSONL, and says what is wrong with them by line."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TextIO

from typing_extensions import TypedDict

from stylegraph.agent.errors import CatalogueError

Item = dict[str, Any]
"""One garment. `id`, `name_ko`, `name_en`, `description_ko`, `description_en`, `image`; single values `category`,
`pattern`, `material`, `sleeve`, `audience`; lists `colours` (main first), `seasons`, `styles`, `moods`, `occasions`;
numbers `warmth` (1..5) and `price_krw`; and any column of the user's own. What is not known is left out."""

LIST_FIELDS = ("colours", "seasons", "styles", "moods", "occasions")
SINGLE_FIELDS = ("category", "pattern", "material", "sleeve", "audience")
NUMBER_FIELDS = ("warmth", "price_krw")
_TEXTS = ("name_ko", "name_en", "description_ko", "description_en")
_ALIASES = {
    **{"photo": "image", "picture": "image", "title": "name", "price": "price_krw", "type": "category"},
    **{"color": "colours", "colors": "colours", "colour": "colours", "season": "seasons", "style": "styles"},
    **{"mood": "moods", "occasion": "occasions", "gender": "audience", "sleeves": "sleeve", "materials": "material"},
    "patterns": "pattern",
}
_LONGEST_CELL = 10_000
_LONGEST_LINE = 1_000_000
_MOST_COLUMNS = 200


class Problem(TypedDict):
    """Something about one line of a catalogue."""

    line: int
    """1-based line of the file."""
    field: str
    kind: Literal["skipped", "left_out", "own_value"]
    """The row was not taken; the value was not taken; the value is taken, and known by its own spelling only."""
    text: str


class Report(TypedDict):
    """What reading a catalogue came to."""

    items: int
    skipped: int
    problems: list[Problem]
    """The first 1,000."""
    more_problems: int


_MOST_PROBLEMS = 1_000


class Problems:
    """Collects problems, the first of them in full."""

    def __init__(self) -> None:
        self.listed: list[Problem] = []
        self.skipped = 0
        self.more = 0

    def add(self, line: int, field: str, kind: Literal["skipped", "left_out", "own_value"], text: str) -> None:
        """Note one problem."""
        self.skipped += kind == "skipped"
        if len(self.listed) < _MOST_PROBLEMS:
            self.listed.append(Problem(line=line, field=field, kind=kind, text=text))
        else:
            self.more += 1

    def report(self, items: int) -> Report:
        """Give all of it with the number of items that were taken."""
        return Report(items=items, skipped=self.skipped, problems=self.listed, more_problems=self.more)


def read_items(path: Path, problems: Problems, is_known: Callable[[str, str], bool]) -> Iterator[Item]:
    """Read a catalogue item by item, in flat memory.

    Args:
        path: A `.csv`, or JSONL under any other name. UTF-8, with or without a byte order mark.
        problems: Takes what is wrong, by line; a row without id or name, or whose id was there before, is skipped.
        is_known: Whether a value of a field is one that the words of wishes know.

    Raises:
        CatalogueError: The file can't be read at all.
    """
    seen: set[str] = set()
    for line, row in _rows(path, problems):
        item = _item(line, row, path.parent, problems, is_known)
        if item is None:
            continue
        if item["id"] in seen:
            problems.add(line, "id", "skipped", f"The id {item['id']!r} was there before.")
            continue
        seen.add(item["id"])
        yield item


def _rows(path: Path, problems: Problems) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            yield from _csv(file, problems) if path.suffix.lower() == ".csv" else _jsonl(file, problems)
    except OSError as error:
        raise CatalogueError(
            f"The catalogue {path} can't be read: {error.strerror or error}.",
            "Check the path in STYLEGRAPH_CATALOGUE; leave it unset for the sample catalogue.",
        ) from None


def _csv(file: TextIO, problems: Problems) -> Iterator[tuple[int, Mapping[str, Any]]]:
    csv.field_size_limit(_LONGEST_LINE)
    reader = csv.DictReader(file)
    try:
        for row in reader:
            yield reader.line_num, {key: value for key, value in row.items() if key is not None and value is not None}
    except csv.Error as error:
        problems.add(reader.line_num, "", "skipped", f"The rest can't be read as CSV: {error}.")


def _jsonl(file: TextIO, problems: Problems) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(iter(lambda: file.readline(_LONGEST_LINE), ""), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            problems.add(number, "", "skipped", f"This line is not JSON: {error}.")
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            problems.add(number, "", "skipped", "This line is not a JSON object.")


def _item(
    line: int, row: Mapping[str, Any], folder: Path, problems: Problems, is_known: Callable[[str, str], bool]
) -> Item | None:
    named = {
        _field(str(name)): value for name, value in list(row.items())[:_MOST_COLUMNS] if value not in (None, "", [])
    }
    item = {field: value for field, raw in named.items() if (value := _value(line, field, raw, problems)) is not None}
    name = item.pop("name", None) or item.get("name_ko") or item.get("name_en")
    if not item.get("id") or not name:
        problems.add(line, "id" if name else "name", "skipped", "A row needs an id and a name.")
        return None
    item["name_ko"], item["name_en"] = item.get("name_ko") or name, item.get("name_en") or name
    description = item.pop("description", "")
    for field in ("description_ko", "description_en"):
        item[field] = item.get(field) or description
    _check_image(line, item, folder, problems)
    for field in (*SINGLE_FIELDS, *LIST_FIELDS):
        _report_own_values(line, field, item.get(field, []), problems, is_known)
    return item


def _field(name: str) -> str:
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    return _ALIASES.get(plain, plain)


def _value(line: int, field: str, raw: object, problems: Problems) -> Any:  # noqa: ANN401 (a cell's value)
    if field in NUMBER_FIELDS:
        return _number(line, field, raw, problems)
    if field in LIST_FIELDS or (isinstance(raw, list) and field not in SINGLE_FIELDS):
        values = raw if isinstance(raw, list) else _split(str(raw))
        return [text for value in values if (text := _text(value))] or None
    if isinstance(raw, list):
        raw = raw[0]
    if isinstance(raw, int | float) and not isinstance(raw, bool) and field not in {"id", *SINGLE_FIELDS, *_TEXTS}:
        return raw
    if isinstance(raw, dict):
        problems.add(line, field, "left_out", f"{field} is an object; a column holds text, a number or a list.")
        return None
    return _text(raw) or None


def _number(line: int, field: str, raw: object, problems: Problems) -> int | float | None:
    try:
        number = float(str(raw).replace(",", "").replace("원", "").replace("₩", "").strip())
    except ValueError:
        number = math.nan
    usable = math.isfinite(number) and (1 <= number <= 5 if field == "warmth" else 0 <= number < 1e12)
    if not usable:
        wanted = "a number from 1 to 5" if field == "warmth" else "a price in won"
        problems.add(line, field, "left_out", f"{str(raw)[:80]!r} is not {wanted}.")
        return None
    return int(number) if number.is_integer() else number


def _split(cell: str) -> list[str]:
    for mark in ("|", ";", ","):
        if mark in cell:
            return cell.split(mark)
    return [cell]


def _text(value: object) -> str:
    clean = str(value).encode("utf-8", "replace").decode().replace("\x00", " ")
    return " ".join(clean.split())[:_LONGEST_CELL]


def _check_image(line: int, item: Item, folder: Path, problems: Problems) -> None:
    image = item.get("image")
    if not image or image.startswith(("http://", "https://")):
        return
    path = (folder / image).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        problems.add(line, "image", "left_out", f"There is no picture {image[:200]!r} beside the catalogue.")
        del item["image"]


def _report_own_values(
    line: int, field: str, values: object, problems: Problems, is_known: Callable[[str, str], bool]
) -> None:
    for value in values if isinstance(values, list) else [values]:
        if not is_known(field, str(value)):
            problems.add(line, field, "own_value", f"{value!r} can be asked for by this spelling only.")
