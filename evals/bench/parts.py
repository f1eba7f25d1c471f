"""Two questions in one message, without a key: is each half answered as it is answered alone?

    python -m stylegraph.evals.bench.parts --pairs 100 --show

Halves are labelled questions and wishes of the tune splits and what opens the everyday conversations, joined as people join them. Both
halves are asked alone, then together, of the sample knowledge and the sample catalogue. A half is answered as alone if all its quotes and
pieces are there, or, where it found none alone, if nothing is. What stands in the joint answer and in neither half's is a stray quote.
Whether an answer is right is not looked at here.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from stylegraph.agent.reply import Reply, Status
from stylegraph.evals.cases import read_cases
from stylegraph.evals.harness.document_cases import SAMPLES, load_document_cases
from stylegraph.evals.harness.everyday_cases import everyday_cases, rounds
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.graphs.api import CompiledAssistant, ask
from stylegraph.graphs.build import open_assistant
from stylegraph.graphs.samples import add_samples
from stylegraph.tools.embeddings import LocalEmbedder

Language = Literal["ko", "en"]
Kind = Literal["two questions", "a question and a wish"]

_JOINTS: dict[tuple[Language, Kind], Sequence[tuple[str, str]]] = {
    ("ko", "two questions"): (("?", " 그리고 "), ("", " 그리고 "), ("?", " "), ("", ", 그리고 ")),
    ("ko", "a question and a wish"): (("?", " 그리고 "), ("", " 그리고 "), ("?", " "), (".", " 그리고 ")),
    ("en", "two questions"): (("?", " And "), ("", " and "), ("?", " "), ("", ", and "), (".", " Also, ")),
    ("en", "a question and a wish"): (("?", " And "), ("?", " "), (".", " Also, ")),
}
"""What the first half ends with, and what stands between the halves: nobody joins "white sneakers" to a question by a bare "and"."""
_ASKED = (Status.ANSWERED, Status.BEST_EFFORT, Status.NOT_FOUND)
"""What can be held against the half alone: a question back or small talk can't."""
_LONGEST = 80


class Pair(NamedTuple):
    """Two messages as one."""

    kind: Kind
    language: Language
    halves: tuple[str, str]
    text: str


class Told(NamedTuple):
    """What a message got."""

    status: Status
    quotes: frozenset[str]
    items: frozenset[str]
    text: str

    @property
    def found(self) -> bool:
        """Whether it was answered; what comes only nearest is no answer."""
        return bool(self.quotes or self.items)


class Compared(NamedTuple):
    """A pair, its halves alone and both together."""

    pair: Pair
    alone: tuple[Told, Told]
    together: Told

    @property
    def as_alone(self) -> tuple[bool, bool]:
        """Whether each half is answered as it is alone."""
        one, other = self.alone
        return self._kept(one, other), self._kept(other, one)

    @property
    def strays(self) -> frozenset[str]:
        """Return the quotes of the joint answer that neither half has."""
        return self.together.quotes - self.alone[0].quotes - self.alone[1].quotes

    def _kept(self, half: Told, other: Told) -> bool:
        if half.found:
            return half.quotes <= self.together.quotes and half.items <= self.together.items
        return self.together.quotes <= other.quotes and self.together.items <= other.items


def pairs(count: int, seed: int = 7) -> list[Pair]:
    """Return so many pairs of each kind and language."""
    chance = random.Random(seed)
    made: list[Pair] = []
    for language in ("ko", "en"):
        asked, wished = _questions(language), _wishes(language)
        chance.shuffle(asked)
        for number in range(count):
            one, other, third = (asked[(3 * number + place) % len(asked)] for place in range(3))
            both = (third, chance.choice(wished))
            made.append(_pair("two questions", language, (one, other), number))
            made.append(_pair("a question and a wish", language, both if number % 2 else both[::-1], number))
    return made


def _questions(language: Language) -> list[str]:
    opened = [case.turns[0] for name in rounds() for case in everyday_cases(name) if case.language == language]
    typed = [turn.text for turn in opened if turn.holds != "talk" and len(turn.text) <= _LONGEST]
    labelled = [case for case in load_document_cases() if case.world == SAMPLES and case.language == language]
    return [*typed, *(case.question for case in labelled if case.split == "tune")]


def _wishes(language: Language) -> list[str]:
    cases = read_cases("wishes")
    return [case["text"] for case in cases if case["language"] == language and case["split"] == "tune"]


def _pair(kind: Kind, language: Language, halves: tuple[str, str], number: int) -> Pair:
    """Join two messages; the halves are asked alone as they stand in the pair, since a reader minds a question mark."""
    joints = _JOINTS[language, kind]
    ends, between = joints[number % len(joints)]
    one, other = halves[0].rstrip(" ?!.~") + ends, halves[1] if between == " " else _begun(halves[1])
    return Pair(kind, language, (one, other), f"{one}{between}{other}")


def _begun(text: str) -> str:
    """Return a text as it goes on after another one: English begins small, but for I and for names in capitals."""
    first = text.split(" ", 1)[0]
    return text if first in ("I", "I'm") or first[1:].lower() != first[1:] else text[0].lower() + text[1:]


async def compare(asked: Sequence[Pair]) -> list[Compared]:
    """Ask the halves and the pairs of the samples; leave out pairs of which a half is no question to look up."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for(None, web=None, home=Path(folder))
        await add_samples(settings, LocalEmbedder())
        async with open_assistant(settings) as assistant:
            return [one for pair in asked if (one := await _compared(assistant, pair)) is not None]


async def _compared(assistant: CompiledAssistant, pair: Pair) -> Compared | None:
    one, other = [await _told(assistant, half) for half in pair.halves]
    if one.status not in _ASKED or other.status not in _ASKED:
        return None
    return Compared(pair, (one, other), await _told(assistant, pair.text))


async def _told(assistant: CompiledAssistant, text: str) -> Told:
    reply: Reply = await ask(assistant, text)
    quotes = frozenset(one.quote for one in reply.citations) if reply.status is not Status.NOT_FOUND else frozenset()
    return Told(reply.status, quotes, frozenset(one.id for one in reply.recommendations), reply.text)


def table(compared: Sequence[Compared]) -> str:
    """Return a row for each kind of pair and language."""
    head = "| | pairs | both halves as alone | halves found alone: kept | not found alone: still | pairs with stray quotes |"
    kinds = dict.fromkeys((one.pair.kind, one.pair.language) for one in compared)
    rows = [_row(f"{kind}, {language}", list(_of(compared, kind, language))) for kind, language in kinds]
    return "\n".join([head, "|---|---|---|---|---|---|", *rows, _row("all", compared)])


def _of(compared: Sequence[Compared], kind: Kind, language: Language) -> Iterator[Compared]:
    return (one for one in compared if (one.pair.kind, one.pair.language) == (kind, language))


def _row(name: str, compared: Sequence[Compared]) -> str:
    halves = [(told.found, kept) for one in compared for told, kept in zip(one.alone, one.as_alone, strict=True)]
    found, missed = ([kept for was_found, kept in halves if was_found is wanted] for wanted in (True, False))
    both = _share([all(one.as_alone) for one in compared])
    strays = _share([bool(one.strays) for one in compared])
    return f"| {name} | {len(compared)} | {both} | {_share(found)} of {len(found)} | {_share(missed)} of {len(missed)} | {strays} |"


def _share(flags: Sequence[bool]) -> str:
    return f"{sum(flags) / len(flags):.2f}" if flags else "-"


def _shown(one: Compared) -> str:
    said = [
        f"  {'as alone' if kept else 'OTHERWISE'}: {half} -> {told.text!r}"
        for half, told, kept in zip(one.pair.halves, one.alone, one.as_alone, strict=True)
    ]
    return "\n".join([f"- {one.pair.text}", *said, f"  together: {one.together.text!r}"])


def main() -> None:
    """Ask, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=50, help="of each kind and language")
    parser.add_argument("--show", action="store_true", help="print the pairs that are not answered as their halves")
    arguments = parser.parse_args()
    compared = asyncio.run(compare(pairs(arguments.pairs)))
    if arguments.show:
        print("\n".join(_shown(one) for one in compared if not all(one.as_alone)))
    print(table(compared))


if __name__ == "__main__":
    main()
