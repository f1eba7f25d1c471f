"""Reads labels and photo files, and says which photo belongs to which part."""

from __future__ import annotations

import csv
import hashlib
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NOT_A_GARMENT = "not a garment"
ONE_OF = ("category", "pattern", "sleeve", "material", "audience", "warmth", "colour")
"""Attributes with one value."""
ANY_OF = ("seasons", "styles", "occasions", "colours", "kids")
"""Attributes with any number of values."""


@dataclass(frozen=True)
class Item:
    """One photo's labels."""

    image: str
    """Its name without the ending."""
    label: str
    part: str
    """`train`, `tune`, `test` (catalogue items kept for measuring attributes) or `validation`."""
    attributes: Mapping[str, list[str]] = field(default_factory=dict)
    """What is known of it: name -> values."""
    in_catalogue: bool = False
    """Whether the catalogue says so: what a look says is measured against it, and its makers' habits are its own."""


def read_items(labels: Path, catalogue: Path | None, extra: Path | None) -> list[Item]:
    """Read the label table and join what is known of attributes.

    Args:
        labels: CSV with image, label and, if there are, kids (True or False) and split (train, validation).
        catalogue: JSONL with photo and attributes. 40 % of its items are kept for the test.
        extra: CSV with image, category, pattern, sleeve and colours (main colour first, separated by spaces); what is
            not known is left empty.
    """
    known = dict(_catalogue(catalogue)) if catalogue else {}
    annotated = read_attributes(extra) if extra else {}
    with labels.open(encoding="utf-8", newline="") as lines:
        return [_item(row, known, annotated) for row in csv.DictReader(lines)]


def _item(
    row: dict[str, str], known: Mapping[str, dict[str, list[str]]], extra: Mapping[str, dict[str, list[str]]]
) -> Item:
    image = row["image"]
    part = "validation" if row.get("split") == "validation" else part_of(image, catalogue=image in known)
    attributes = dict(known.get(image) or extra.get(image) or {})
    if row.get("kids") in {"True", "False"}:
        attributes["kids"] = ["kids"] if row["kids"] == "True" else []
    return Item(image, row["label"], part, attributes, in_catalogue=image in known)


def part_of(image: str, *, catalogue: bool) -> str:
    """Say which part a photo belongs to, by its name alone, so that no run mixes them."""
    at = int(hashlib.sha256(image.encode()).hexdigest()[:8], 16) / 2**32
    if catalogue:
        return "test" if at < 0.4 else "tune" if at < 0.55 else "train"
    return "tune" if at < 0.12 else "train"


def _catalogue(path: Path) -> Iterator[tuple[str, dict[str, list[str]]]]:
    with path.open(encoding="utf-8") as lines:
        for item in map(json.loads, lines):
            one = {
                name: [str(item[name])] for name in ("category", "pattern", "sleeve", "material", "audience", "warmth")
            }
            many = {name: list(item[name]) for name in ("seasons", "styles", "occasions", "colours")}
            yield Path(item["photo"]).stem, {**one, **many, "colour": many["colours"][:1]}


def read_attributes(path: Path) -> dict[str, dict[str, list[str]]]:
    """Read a CSV of annotations: image -> name -> values. See `read_items`."""
    return dict(_rows(path))


def _rows(path: Path) -> Iterator[tuple[str, dict[str, list[str]]]]:
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            colours = row["colours"].split()
            one = {name: [row[name]] for name in ("category", "pattern", "sleeve") if row[name]}
            yield row["image"], {**one, **({"colours": colours, "colour": colours[:1]} if colours else {})}


def vocabulary(items: Iterable[Item]) -> dict[str, list[str]]:
    """Collect the values of each head, sorted: `label` (with "not a garment" last) and the attributes."""
    items = list(items)
    words = {"label": [*sorted({item.label for item in items}), NOT_A_GARMENT]}
    for name in (*ONE_OF, *ANY_OF):
        words[name] = sorted({value for item in items for value in item.attributes.get(name, ())})
    return {name: values for name, values in words.items() if values}


Rows = dict[str, NDArray[np.float32]]
"""Head -> targets, shape (n, values): a distribution for `ONE_OF`, for `ANY_OF` yes and no side by side; zeros where
nothing is known, which then costs nothing."""


def targets(items: Sequence[Item], words: Mapping[str, Sequence[str]], smoothing: float) -> Rows:
    """Write labels as rows, a share `smoothing` of each spread over all values."""
    rows = blank(len(items), words)
    for i, item in enumerate(items):
        _one_of(rows["label"][i], words["label"], [item.label], smoothing)
        for name, given in item.attributes.items():
            if name in ONE_OF and name in words:
                _one_of(rows[name][i], words[name], given, smoothing)
            elif name in words:
                yes = np.isin(words[name], given).astype(np.float32)
                rows[name][i] = np.concatenate([yes, 1 - yes]) * (1 - smoothing) + smoothing / 2
    return rows


def no_garments(count: int, words: Mapping[str, Sequence[str]]) -> Rows:
    """Write the rows of pictures without a garment: nothing else is known of them."""
    rows = blank(count, words)
    rows["label"][:, words["label"].index(NOT_A_GARMENT)] = 1
    return rows


def blank(count: int, words: Mapping[str, Sequence[str]]) -> Rows:
    """Make rows in which nothing is known."""
    return {name: np.zeros((count, len(values) * (1 + (name in ANY_OF))), np.float32) for name, values in words.items()}


def _one_of(row: NDArray[np.float32], words: Sequence[str], given: Sequence[str], smoothing: float) -> None:
    if given and given[0] in words:
        row += smoothing / len(row)
        row[words.index(given[0])] += 1 - smoothing


def read_photos(path: Path) -> dict[str, bytes]:
    """Read the photo files of a folder or tar: name without ending -> bytes."""
    if path.is_dir():
        return {file.stem: file.read_bytes() for file in sorted(path.iterdir()) if file.is_file()}
    with tarfile.open(path) as tar:
        files = ((member, tar.extractfile(member)) for member in tar)
        return {Path(member.name).stem: file.read() for member, file in files if file is not None}
