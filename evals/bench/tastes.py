"""What five likes are worth: nDCG@10 on simulated tastes. `python -m stylegraph.evals.bench.tastes`.

The simulation, written down so that it can be doubted. A user has a taste that nobody says: two colours, two styles,
one mood, and one material or pattern, drawn evenly from the values that at least 2 % of the sample catalogue has. An
item's worth to them is how many of these four hold (its main colour counts, of the rest any value), 0..4; nothing of
our ranking decides it. They have liked five items, drawn from the fifth of the catalogue that they like best; those
are left out of what is scored. Then they ask for a garment or a season in words that say nothing of their taste.
Scored is the nDCG@10 of what is recommended, by the items' worth among all that the words allow, without the profile
and with the five likes. Users of the two splits have seeds apart; the weights were chosen on `tune`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from stylegraph.agent.text.language import detect_language
from stylegraph.evals.bench.labelled import ndcg
from stylegraph.evals.cases import Split
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue, sample_items
from stylegraph.tools.fashion.items.item_text import values_of
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.recommend.recommender import Stylist

USERS: Mapping[Split, range] = {"tune": range(100, 140), "test": range(900, 940)}
LIKES = 5
_TOP = 0.2
_FEWEST = 0.02
WISHES = (
    ("셔츠 추천해줘", "category", ("shirt", "blouse")), ("원피스 보여줘", "category", ("dress",)),
    ("신발 골라줘", "category", ("sneakers", "sandals", "heels", "flats", "dress-shoes", "boots")),
    ("겨울 옷 추천해줘", "seasons", ("winter",)), ("recommend a jacket", "category", ("jacket",)),
    ("show me trousers", "category", ("pants",)), ("something for summer", "seasons", ("summer",)),
    ("I need a T-shirt", "category", ("tshirt",)),
)  # fmt: skip
"""What they ask for, and what that allows."""


@dataclass(frozen=True)
class User:
    """A simulated person."""

    taste: Mapping[str, frozenset[str]]
    liked: Sequence[str]
    """Ids of the items that they liked."""

    def worth(self, item: Item) -> int:
        """Return how much an item is to their taste, 0..4."""
        return sum(bool(values & set(_judged(item, name))) for name, values in self.taste.items())


def simulated(seed: int, items: Sequence[Item]) -> User:
    """Draw a person."""
    rng = random.Random(seed)
    fourth = rng.choice(["material", "pattern"])
    picks = {"colours": 2, "styles": 2, "moods": 1, fourth: 1}
    taste = {name: frozenset(rng.sample(_common(items, name), count)) for name, count in picks.items()}
    user = User(taste, ())
    best = sorted(items, key=lambda item: (-user.worth(item), rng.random()))[: round(len(items) * _TOP)]
    return User(taste, [item["id"] for item in rng.sample(best, LIKES)])


def _common(items: Sequence[Item], name: str) -> list[str]:
    counts: dict[str, int] = {}
    for item in items:
        for value in _judged(item, name):
            counts[value] = counts.get(value, 0) + 1
    return sorted(value for value, count in counts.items() if count >= _FEWEST * len(items) and value != "none")


def _judged(item: Item, name: str) -> list[str]:
    return values_of(item, name)[: 1 if name == "colours" else None]


async def gains(user: User, stylist: Stylist, catalogue: Catalogue, items: Sequence[Item]) -> dict[str, float]:
    """Return the mean nDCG@10 over the wishes, without a profile and with one."""
    found: dict[str, list[float]] = {"without": [], "with": []}
    for text, field, values in WISHES:
        allowed = [item for item in items if set(values) & set(values_of(item, field)) and item["id"] not in user.liked]
        grades = {item["id"]: user.worth(item) for item in allowed}
        if not any(grades.values()):
            continue
        for name, profile in (("without", {}), ("with", {"liked": list(user.liked)})):
            advice = await stylist.advise(
                catalogue.reader.read(text), 10 + LIKES, detect_language(text), profile=profile
            )
            ranked = [choice.ranked.item["id"] for choice in advice.choices]
            found[name].append(ndcg([one for one in ranked if one not in user.liked], grades))
    return {name: mean(scores) for name, scores in found.items()}


async def measure(split: Split) -> dict[str, float]:
    """Return the mean over a split's users, and by how much likes raise it."""
    items = sample_items()
    with tempfile.TemporaryDirectory() as folder:
        catalogue = await Catalogue.open(Path(folder), LocalEmbedder())
        stylist = Stylist(catalogue)
        every = [await gains(simulated(seed, items), stylist, catalogue, items) for seed in USERS[split]]
        await catalogue.close()
    told = {name: mean(one[name] for one in every) for name in ("without", "with")}
    worse = sum(one["with"] < one["without"] for one in every)
    return {**told, "rise": told["with"] / told["without"] - 1, "users": len(every), "worse_off": worse}


def main() -> None:
    """Print a line for each split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["tune", "test"], action="append")
    for split in parser.parse_args().split or ["tune"]:
        figures = asyncio.run(measure(split))
        print(
            json.dumps({"split": split, "likes": LIKES, **{name: round(value, 3) for name, value in figures.items()}})
        )


if __name__ == "__main__":
    main()
