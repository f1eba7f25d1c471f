"""Wishes, perturbed: another price or number of pieces, another order, a sentence beside it, a part left out."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field

from stylegraph.agent.text.gazetteer import load_words
from stylegraph.evals.cases import Attribute, WishCase, load_cases
from stylegraph.evals.harness.suite import Labels, Suite
from stylegraph.evals.perturbing import Kind
from stylegraph.evals.perturbing.texts import distractor
from stylegraph.evals.suites.wishes import SUITE, Pair

_DIGITS = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+|(?<![\w.,])\d+")
_WON = (1, 1_000, 10_000, 1_400)
"""What a figure may be counted in: won, thousands, ten thousands (만), dollars at the rate of the labels."""
_ROUGHLY = (0.8, 1.2)
_RANGE_WORD = re.compile(r"만 ?원대|만대|\brange\b")
_ONE_MORE = {
    **{"두": "세", "세": "네", "네": "다섯", "다섯": "여섯"},
    **{"two": "three", "three": "four", "four": "five", "five": "six"},
}
_COUNTS = {"두": 2, "세": 3, "네": 4, "다섯": 5, "two": 2, "three": 3, "four": 4, "five": 5}
_COUNTED = re.compile(
    r"(?<![가-힣])(두|세|네|다섯)(?= ?(?:벌|개|장|켤레|가지))|\b(two|three|four|five)\b", re.IGNORECASE
)
_REQUEST = re.compile(
    r"^(?P<wish>.+\S)\s+(?P<asked>(?:추천|보여|골라|찾아|알려)\S*(?: ?(?:줘|주세요|줘요|드려요|부탁\S*))?)[.!?~]*$"
)
_TRAILING = re.compile(
    r"^(?P<wish>[^,.?!]+\S)\s(?P<last>(?:for|under|below|over|in)\s[^,.?!]+)(?P<end>[?.!]?)$", re.IGNORECASE
)
_TURNS = re.compile(
    r"말고|빼고|아닌|제외|싫|\b(?:no|not|without|except|but|or|if|can|could|do|is|are|any)\b", re.IGNORECASE
)
"""What an order can't be changed around without changing what is meant."""
_PRICE = re.compile(
    r"\s*(?:\d[\d,]*만? ?원? ?(?:이하|미만|아래)(?:로|의)?|\bunder (?:\$|₩)?\d[\d,]*(?: (?:won|dollars))?)(?![가-힣\w])"
)
_SINGLE: tuple[Attribute, ...] = ("colours", "pattern")
_SLOT_OF = {"colours": "colour", "pattern": "pattern"}


class PerturbedWish(WishCase):
    """A wish whose words were changed, and its labels with them."""

    id: Annotated[str, Field(pattern=r"^w-(ko|en)-\d{4}$")]
    perturbation: Kind


def perturbed(case: WishCase, kind: Kind) -> PerturbedWish | None:
    """Return a case as it is perturbed; None where this kind has nothing to change."""
    changed = {"number": _number, "order": _order, "distractor": _distractor, "missing": _missing}[kind](case)
    return PerturbedWish(**{**case.model_dump(), **changed, "perturbation": kind}) if changed else None


def _number(case: WishCase) -> dict[str, Any] | None:
    """Double the price that is named, else ask for one piece more."""
    if case.price_krw is not None and not _RANGE_WORD.search(case.text):
        bounds = case.price_krw.model_dump(exclude_none=True)
        around = zip(bounds.values(), _ROUGHLY, strict=True) if len(bounds) == 2 else ()
        named = {*bounds.values(), *(round(bound / share) for bound, share in around)}
        figures = [figure for figure in _DIGITS.finditer(case.text) if _is_price(figure.group(), named)]
        if figures and len(figures) in (1, len(bounds)):
            text = case.text
            for figure in reversed(figures):
                text = text[: figure.start()] + _doubled(figure.group()) + text[figure.end() :]
            return {"text": text, "price_krw": {end: 2 * value for end, value in bounds.items()}}
    counted = list(_COUNTED.finditer(case.text))
    if case.count and len(counted) == 1 and _COUNTS[counted[0].group().lower()] == case.count:
        found = counted[0]
        more = _ONE_MORE[found.group().lower()]
        return {"text": case.text[: found.start()] + more + case.text[found.end() :], "count": case.count + 1}
    return None


def _is_price(figure: str, named: set[int]) -> bool:
    value = int(figure.replace(",", ""))
    return any(value * won in named for won in _WON)


def _doubled(figure: str) -> str:
    value = 2 * int(figure.replace(",", ""))
    return f"{value:,}" if "," in figure else str(value)


def _order(case: WishCase) -> dict[str, Any] | None:
    """Ask first and wish then in Korean; put the last phrase first in English."""
    if _TURNS.search(case.text):
        return None
    if match := _REQUEST.match(case.text):
        return {"text": f"{match['asked']}, {match['wish']}"}
    if match := _TRAILING.match(case.text):
        last = match["last"][0].upper() + match["last"][1:]
        return {"text": f"{last}, {match['wish'][0].lower()}{match['wish'][1:]}{match['end']}"}
    return None


def _distractor(case: WishCase) -> dict[str, Any]:
    return {"text": f"{distractor(case.id, case.language)} {case.text}"}


def _missing(case: WishCase) -> dict[str, Any] | None:
    """Leave out the price, else the one colour or pattern that is named; the label goes with it."""
    bounds = case.price_krw.model_dump(exclude_none=True) if case.price_krw else {}
    if len(bounds) == len(_PRICE.findall(case.text)) == 1:
        return {"text": _PRICE.sub("", case.text).strip(" ,"), "price_krw": None}
    if case.exclude or _TURNS.search(case.text):
        return None
    for field in _SINGLE:
        slots = load_words().find(case.text, _SLOT_OF[field])
        alone = [slot for slot in slots if _stands_alone(case.text, slot.start, slot.end)]
        if len(slots) == len(alone) == len(case.want.get(field, [])) == 1:
            text = case.text[: slots[0].start] + case.text[slots[0].end :].lstrip()
            return {
                "text": text.strip(" ,"),
                "want": {name: values for name, values in case.want.items() if name != field},
            }
    return None


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Check whether a word can be taken out: nothing is attached to it, and no verb speaks of it."""
    return (not start or text[start - 1].isspace()) and bool(re.match(r"(?!\s(?:들어간|좋아|있))(?:\s|$)", text[end:]))


def _labels(case: PerturbedWish) -> Labels:
    return Labels(split=case.split, language=case.language, kind=case.perturbation, asked=case.text)


def suite(kind: Kind) -> Suite[WishCase, Pair]:
    """Return the wishes' suite, perturbed in one way."""
    return Suite(
        name=f"wishes, {kind}",
        about=SUITE.about,
        cases=lambda: [found for case in load_cases("wishes") if (found := perturbed(case, kind)) is not None],
        id_of=lambda case: case.id,
        labels=_labels,
        opened=SUITE.opened,
        evaluators=SUITE.evaluators,
        told=SUITE.told,
    )
