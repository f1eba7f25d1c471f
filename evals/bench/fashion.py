"""How well wishes are understood: attribute F1 on the labelled wishes. `python -m stylegraph.evals.bench.fashion`."""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from stylegraph.evals.cases import WishCase, load_cases
from stylegraph.tools.fashion.catalogue.catalogue import sample_items
from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of
from stylegraph.tools.fashion.query.wish import Wish

_WARMTH_OF = {"hot": "low", "cold": "high", "snow": "high"}
Labels = set[tuple[str, str, str]]
"""`want` or `exclude`, field, value."""


def labels_of(case: WishCase) -> Labels:
    """Return a case's labels."""
    sides = (("want", case.want), ("exclude", case.exclude))
    labels: Labels = {
        (side, field, value) for side, table in sides for field, values in table.items() for value in values
    }
    if case.price_krw is not None:
        labels |= {
            ("want", "price_krw", f"{end}={value}")
            for end, value in case.price_krw.model_dump(exclude_none=True).items()
        }
    return labels | ({("want", "count", str(case.count))} if case.count else set())


def labels_read(wish: Wish) -> Labels:
    """Return what was read of a wish in the form of the labels."""
    return set(_labels_read(wish))


def _labels_read(wish: Wish) -> Iterator[tuple[str, str, str]]:
    for side, table in (("want", wish["wanted"]), ("exclude", wish["excluded"])):
        for field, values in table.items():
            if field not in {"details", "weather"} and (field != "warmth" or side == "exclude"):
                yield from ((side, field, value) for value in values)
    warmth = wish["wanted"].get("warmth") or [
        level for name, level in _WARMTH_OF.items() if name in wish["wanted"].get("weather", [])
    ]
    yield from {("want", "warmth", level) for level in warmth}
    if price := wish["price"]:
        yield from (("want", "price_krw", f"{end}={price[end]}") for end in ("gte", "lte") if end in price)
    if wish["count"]:
        yield ("want", "count", str(wish["count"]))


def f1(pairs: Sequence[tuple[Labels, Labels]]) -> dict[str, float]:
    """Return micro-averaged precision, recall and F1 of (label, read) pairs, and the share that is read exactly."""
    hits = sum(len(label & read) for label, read in pairs)
    precision = hits / max(1, sum(len(read) for _, read in pairs))
    recall = hits / max(1, sum(len(label) for label, _ in pairs))
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(1e-9, precision + recall),
        "exact": sum(label == read for label, read in pairs) / max(1, len(pairs)),
        "wishes": len(pairs),
    }


def score_wishes(split: str) -> tuple[dict[str, dict[str, float]], list[tuple[WishCase, Labels, Labels]]]:
    """Read every wish of a split; give the figures by language and the cases that are not exact."""
    reader = WishReader(vocabulary_of(sample_items()))
    read = [(case, labels_of(case), labels_read(reader.read(case.text))) for case in load_cases("wishes")]
    chosen = [(case, label, got) for case, label, got in read if case.split == split]
    by_language: Mapping[str, list[tuple[Labels, Labels]]] = defaultdict(list)
    for case, label, got in chosen:
        by_language[case.language].append((label, got))
    figures = {language: f1(pairs) for language, pairs in sorted(by_language.items())}
    return figures, [(case, label, got) for case, label, got in chosen if label != got]


def main() -> None:
    """Print the figures of one split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["tune", "test"], default="tune")
    parser.add_argument("--wrong", action="store_true", help="Show the wishes that are not read exactly.")
    options = parser.parse_args()
    figures, wrong = score_wishes(options.split)
    for language, figure in figures.items():
        print(json.dumps({"split": options.split, "language": language, **{k: round(v, 3) for k, v in figure.items()}}))
    if options.wrong:
        for case, label, got in wrong:
            print(f"{case.id} {case.text}\n   missing {sorted(label - got)}\n   extra   {sorted(got - label)}")
    fields = Counter(field for _, label, got in wrong for _, field, _ in label ^ got)
    print(json.dumps({"wrong_by_field": dict(fields.most_common())}))


if __name__ == "__main__":
    main()
