"""Public sets of labelled sentences, read as they are published."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from stylegraph.agent.text.language import detect_language
from stylegraph.evals.bench.intents import IntentSet, Sentence

_PARTS = ("train", "test")


def public_set(given: str) -> IntentSet:
    """Return a set that is given as `NAME=FILE` or `NAME=TAUGHT,ASKED`.

    Args:
        given: A name and its files: one JSON file that has lists of (text, label) under `train` and `test` (as CLINC150 has),
            or two, what examples are drawn from and what is asked: CSV with a header, text before label (as BANKING77 has), or
            text files with a label, a tab and a text a line (as 3i4K has).

    Raises:
        ValueError: The text or a file is of another form.
        OSError: A file can't be read.
    """
    name, _, places = given.partition("=")
    files = [Path(place) for place in places.split(",") if place]
    if not name or len(files) not in (1, 2):
        raise ValueError(f"{given!r} is no NAME=FILE and no NAME=TAUGHT,ASKED.")
    taught, asked = (tuple(_sentences(file, part)) for file, part in zip([*files, *files][:2], _PARTS, strict=True))
    if not taught or not asked:
        raise ValueError(f"{given!r}: no sentences to teach or to ask were found there.")
    languages = Counter(detect_language(one.text) for one in asked)
    return IntentSet(name, languages.most_common(1)[0][0], taught, asked)


def _sentences(file: Path, part: str) -> Iterator[Sentence]:
    text = file.read_text(encoding="utf-8-sig")
    if file.suffix == ".json":
        yield from (Sentence(said, label) for said, label in json.loads(text).get(part, ()))
    elif file.suffix == ".csv":
        _, *rows = csv.reader(text.splitlines())
        yield from (Sentence(row[0], row[1]) for row in rows if len(row) > 1)
    else:
        rows = [line.split("\t") for line in text.splitlines()]
        yield from (Sentence(row[1], row[0]) for row in rows if len(row) > 1)
