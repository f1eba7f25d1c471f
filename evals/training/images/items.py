"""Reads labels and photo files, and says which photo belongs to which part."""

from __future__ import annotations

import csv
import hashlib
import json
import tarfile
from collections import Counter
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
Answers = list[list[str]]
"""What each annotator said of one attribute of one photo: values, the main one first."""


@dataclass(frozen=True)
class Item:
    """One photo's labels."""

    image: str
    """Its name without the ending."""
    label: str
    part: str
    """`train`, `tune`, `test` (catalogue items kept for measuring attributes) or `validation`."""
    attributes: Mapping[str, list[str]] = field(default_factory=dict)
    """What is known of it: name -> values; where annotators differ, what most of them say."""
    in_catalogue: bool = False
    """Whether the catalogue says so: what a look says is measured against it, and its makers' habits are its own."""
    answers: Mapping[str, Answers] = field(default_factory=dict)
    """Of attributes that were annotated several times: name -> what each annotator says."""


def read_items(labels: Path, catalogue: Path | None, extra: Path | None) -> list[Item]:
    """Read the label table and join what is known of attributes.

    Args:
        labels: CSV with image, label and, if there are, kids (True or False) and split (train, validation).
        catalogue: JSONL with photo and attributes. 40 % of its items are kept for the test.
        extra: CSV that `read_attributes` reads.
    """
    known = dict(_catalogue(catalogue)) if catalogue else {}
    annotated = read_attributes(extra) if extra else {}
    with labels.open(encoding="utf-8", newline="") as lines:
        return [_item(row, known, annotated) for row in csv.DictReader(lines)]


def _item(
    row: dict[str, str], known: Mapping[str, dict[str, list[str]]], extra: Mapping[str, dict[str, Answers]]
) -> Item:
    image = row["image"]
    part = "validation" if row.get("split") == "validation" else part_of(image, catalogue=image in known)
    answers = {} if image in known else extra.get(image, {})
    attributes = known.get(image) or {name: settled(name, given) for name, given in answers.items()}
    if row.get("kids") in {"True", "False"}:
        attributes = {**attributes, "kids": ["kids"] if row["kids"] == "True" else []}
    return Item(image, row["label"], part, attributes, image in known, answers)


def part_of(image: str, *, catalogue: bool) -> str:
    """Return which part a photo belongs to, by its name alone, so that no run mixes them."""
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


def read_attributes(path: Path) -> dict[str, dict[str, Answers]]:
    """Read annotations: image -> name -> answers.

    Args:
        path: CSV with image and any of `ONE_OF` and `ANY_OF`. Values of one answer are separated by spaces, the main one
            first, and answers of several annotators by `|`; what is not known is left empty. The main of the colours
            is also their `colour`.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["image"]: _answers(row) for row in csv.DictReader(lines)}


def _answers(row: Mapping[str, str]) -> dict[str, Answers]:
    given = {name: [answer.split() for answer in row[name].split("|")] for name in row if name != "image" and row[name]}
    return given | ({"colour": [answer[:1] for answer in given["colours"]]} if "colours" in given else {})


def answers_of(item: Item, name: str) -> Answers:
    """Return what each annotator says of an attribute; nothing where it is not known."""
    return item.answers.get(name) or [item.attributes.get(name, [])]


def settled(name: str, answers: Answers) -> list[str]:
    """Return what most annotators say: the most frequent main value, and what else at least half of them name."""
    first = Counter(answer[0] for answer in answers).most_common(1)[0][0]
    named = Counter(value for answer in answers for value in answer)
    others = [value for value, count in named.items() if value != first and 2 * count >= len(answers)]
    return [first] if name in ONE_OF else [first, *others]


def vocabulary(items: Iterable[Item]) -> dict[str, list[str]]:
    """Collect the values of each head, sorted: `label` (with "not a garment" last) and the attributes."""
    items = list(items)
    words = {"label": [*sorted({item.label for item in items}), NOT_A_GARMENT]}
    for name in (*ONE_OF, *ANY_OF):
        words[name] = sorted({value for item in items for answer in answers_of(item, name) for value in answer})
    return {name: values for name, values in words.items() if values}


Rows = dict[str, NDArray[np.float32]]
"""Head -> targets, shape (n, values): a distribution for `ONE_OF`, for `ANY_OF` yes and no side by side; zeros where
nothing is known, which then costs nothing."""


def targets(items: Sequence[Item], words: Mapping[str, Sequence[str]], smoothing: float) -> Rows:
    """Write labels as rows, a share `smoothing` of each spread over all values. Annotators that differ share a row."""
    rows = blank(len(items), words)
    for i, item in enumerate(items):
        rows["label"][i] = _one_of(words["label"], [item.label], smoothing)
        for name in item.attributes.keys() & words.keys():
            write = _one_of if name in ONE_OF else _any_of
            answers = answers_of(item, name)
            rows[name][i] = sum(write(words[name], answer, smoothing) for answer in answers) / len(answers)
    return rows


def no_garments(count: int, words: Mapping[str, Sequence[str]]) -> Rows:
    """Write the rows of pictures without a garment: nothing else is known of them."""
    rows = blank(count, words)
    rows["label"][:, words["label"].index(NOT_A_GARMENT)] = 1
    return rows


def blank(count: int, words: Mapping[str, Sequence[str]]) -> Rows:
    """Make rows in which nothing is known."""
    return {name: np.zeros((count, len(values) * (1 + (name in ANY_OF))), np.float32) for name, values in words.items()}


def _one_of(words: Sequence[str], given: Sequence[str], smoothing: float) -> NDArray[np.float32]:
    row = np.full(len(words), smoothing / len(words), np.float32)
    row[words.index(given[0])] += 1 - smoothing
    return row


def _any_of(words: Sequence[str], given: Sequence[str], smoothing: float) -> NDArray[np.float32]:
    yes = np.isin(words, given).astype(np.float32)
    row = np.concatenate([yes, 1 - yes])
    row *= 1 - smoothing
    row += smoothing / 2
    return row


def read_photos(path: Path) -> dict[str, bytes]:
    """Read the photo files of a folder or tar: name without ending -> bytes."""
    if path.is_dir():
        return {file.stem: file.read_bytes() for file in sorted(path.iterdir()) if file.is_file()}
    with tarfile.open(path) as tar:
        files = ((member, tar.extractfile(member)) for member in tar)
        return {Path(member.name).stem: file.read() for member, file in files if file is not None}
