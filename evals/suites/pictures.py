"""Questions with pictures, to the whole assistant over the samples: `cases/pictures.yaml`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_evals.evaluators import Evaluator

import stylegraph.evals
from stylegraph.evals.harness.ask_cases import AskCase, Labelled, ask_cases, asking, labels_of, told_of_turn
from stylegraph.evals.harness.evaluators import Context, Results
from stylegraph.evals.harness.suite import LiveSettings, Maker, Suite, Task
from stylegraph.evals.harness.trace import Watched
from stylegraph.evals.suites.conversations import ASKED
from stylegraph.tools.fashion.catalogue.catalogue import sample_path


class Seen(Labelled):
    """What a person sees in a picture; any of the values is right."""

    category: list[str] = Field([])
    colours: list[str] = Field([])
    pattern: list[str] = Field([])
    sleeve: list[str] = Field([])
    none: bool = False
    """There is no garment in it."""


class PictureCase(AskCase):
    """A question with pictures."""

    pictures: list[str] = Field([])
    before: list[str] = Field([])
    """Come with the first of the earlier questions."""
    seen: list[Seen] = Field([])
    """Of each picture that the answer is about, in order."""


@dataclass(repr=False)
class Looked(Evaluator[Any, Watched, Any]):
    """What the network says of each picture is what a person sees in it."""

    def evaluate(self, ctx: Context) -> Results:
        """Compare attribute by attribute, over all pictures."""
        looks = [piece["data"]["look"] for piece in ctx.output.reply.evidence if piece["route"] == "image"]
        wanted: list[Seen] = ctx.inputs.seen
        if not wanted:
            return {}
        results: dict[str, list[bool]] = {"pictures told": [len(looks) == len(wanted)]}
        for seen, look in zip(wanted, looks, strict=False):
            for name, right in _compared(seen, look).items():
                results.setdefault(name, []).append(right)
        return {name: sum(right) / len(right) for name, right in results.items()}


def _compared(seen: Seen, look: dict[str, Any]) -> dict[str, bool]:
    if seen.none:
        return {"no garment told": look["verdict"] == "not_a_garment"}
    told = {
        "category": look["category"],
        "colours": (look["colours"] or [{"name": None}])[0]["name"],
        **{name: look["attributes"].get(name) for name in ("pattern", "sleeve")},
    }
    given = {name: values for name in told if (values := getattr(seen, name))}
    return {name: told[name] in values for name, values in given.items()}


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[PictureCase, Watched]]:
    async with _live(None) as answer:
        yield answer


@asynccontextmanager
async def _live(settings: LiveSettings | None) -> AsyncIterator[Task[PictureCase, Watched]]:
    async with asking(settings) as held:

        async def answer(case: PictureCase) -> Watched:
            return await held.ask(case, files_of(case.pictures), files_of(case.before))

        yield answer


def files_of(names: Sequence[str]) -> list[Path]:
    """Return the files of pictures, by their names in the cases."""
    own = Path(stylegraph.evals.__file__).resolve().parent
    folders = {
        "photos": own.parent / "tests" / "tools" / "image" / "photos",
        "not_garments": own / "bench" / "not_garments",
        "catalogue": sample_path().parent / "photos",
    }
    return [folders[folder] / f"{name}.webp" for folder, _, name in (one.partition("/") for one in names)]


SUITE = Suite(
    name="pictures",
    about="what pictures show, and what they add to questions",
    cases=lambda: ask_cases("pictures", PictureCase),
    id_of=lambda case: case.id,
    labels=labels_of,
    opened=_opened,
    evaluators=(*ASKED, Looked()),
    told=told_of_turn,
    live=_live,
)
