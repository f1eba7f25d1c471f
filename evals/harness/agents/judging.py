"""Whether an answer is right, by code alone: every must-have that it lacks is a reason against it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from stylegraph.agent.text.language import Language, detect_language
from stylegraph.agent.text.resources import read_yaml
from stylegraph.evals.harness.agents.answers import Answer, code_blocks, item, without_brackets
from stylegraph.evals.harness.agents.cases import AgentTurn, OfShown
from stylegraph.evals.harness.document_cases import holds
from stylegraph.evals.harness.relevance import affordable, meets

_ROW = re.compile(r"^\s*\|.*\|\s*$")
_RULE = re.compile(r"^[\s|:-]+$")
_NUMBERED = re.compile(r"^\s*\d{1,2}[.)]\s+", re.MULTILINE)
_LISTED = re.compile(r"^\s*(?:[-*+•☐□✓✅]|\d{1,2}[.)])\s*\S")
_HONEST = re.compile(
    r"없(?:습니다|어요|네요|었|는|다|고|지만|음)|지\s?(?:않|못)|(?:찾을|알|확인할) 수 없|확인(?:이|하기) 어렵|모르겠|"
    r"\bno(?:t|thing|ne)?\b|\bneither\b|n't\b|n’t\b|\bunable\b|\bcannot\b|\bwithout any\b|\bunclear\b|\bunknown\b",
    re.IGNORECASE,
)
"""What every honest word for having found nothing holds. It is asked for beside what must not be said."""


def right(turn: AgentTurn, answer: Answer, shown: Sequence[Sequence[str]] = ()) -> list[str]:
    """Return what is wrong with an answer; nothing: it is right.

    Args:
        turn: What was asked, with what a right answer holds.
        answer: The answer.
        shown: Ids of the items that each earlier turn of the conversation showed.
    """
    last = next((ids for ids in reversed(shown) if ids), [])
    return [
        *_words_wrong(turn, answer),
        *_items_wrong(turn, answer, last),
        *_shown_wrong(turn, answer, last),
        *_form_wrong(turn, answer),
    ]


def uncited(turn: AgentTurn, answer: Answer) -> list[str]:
    """Return what is wrong with an answer's citations; nothing: it cites what it must, as far as it must."""
    if not turn.cited:
        return []
    if not answer.cited:
        return ["cites nothing"]
    wanted = turn.documents
    if wanted and not any(place.endswith(one) or one in place for place in answer.cited for one in wanted):
        return [f"cites none of {', '.join(wanted)}"]
    return []


def amounts(price: int) -> list[str]:
    """Return the ways in which a price in won is written."""
    tens, rest = divmod(price, 10_000)
    thousands, ones = divmod(rest, 1_000)
    spelled = f"{tens}만" if tens else ""
    spelled += f"{thousands}천" if thousands else ""
    spelled += str(ones) if ones else ""
    return [f"{price:,}", str(price), spelled] if not ones else [f"{price:,}", str(price)]


def _states(answer: Answer, forms: Sequence[str]) -> bool:
    """Check whether an answer states a fact. White space tells nothing apart there, so lines and their numbers do not run together."""
    return holds(_NUMBERED.sub("", answer.text).replace("\n", " | "), forms)


def _words_wrong(turn: AgentTurn, answer: Answer) -> Iterator[str]:
    text = answer.text
    if not text.strip():
        yield "no text"
        return
    yield from (f"lacks {' / '.join(forms)}" for forms in turn.facts if not _states(answer, forms))
    yield from (f"says {word}" for word in turn.never if _states(answer, [word]))
    if turn.unanswerable and not _HONEST.search(text):
        yield "does not say that nothing was found"
    expected: Language = turn.language or detect_language(turn.ask)
    if detect_language(without_brackets(_prose(text))) != expected:
        yield f"is not in {expected}"


def _items_wrong(turn: AgentTurn, answer: Answer, last: Sequence[str]) -> Iterator[str]:
    ids = [one for one in answer.items if one not in last] or list(answer.items)  # naming again is no recommending
    items = [item(one) for one in ids]
    if turn.wants_items and len(items) < turn.least:
        yield f"recommends {len(items)} of at least {turn.least}"
        return
    if wanted := turn.items:
        for one in items:
            lacking = [group for group in wanted.must if not meets(one, group)]
            ruled_out = [group for group in wanted.never if meets(one, group)]
            if lacking or ruled_out or not affordable(wanted.price, one):
                yield f"{one['id']} {one['name_en']} ({one['price_krw']:,}) does not fit: {lacking or ruled_out or 'price'}"
    there = {one["category"] for one in items}
    yield from (f"no {' / '.join(group)}" for group in turn.kinds if not there & set(group))
    cost = sum(one["price_krw"] for one in items)
    if turn.total and turn.total.lte is not None and cost > turn.total.lte:
        yield f"costs {cost:,} together"
    if turn.total and turn.total.said and not _states(answer, amounts(cost)):
        yield f"does not say that all cost {cost:,}"
    if turn.cheaper_than is not None and len(last) >= turn.cheaper_than:
        most = item(last[turn.cheaper_than - 1])["price_krw"]
        yield from (f"{one['id']} is no cheaper than {most:,}" for one in items if one["price_krw"] >= most)


def _shown_wrong(turn: AgentTurn, answer: Answer, last: Sequence[str]) -> Iterator[str]:
    places = [*(one.nth for one in turn.of_shown), *turn.sum_of_shown, turn.cheaper_than or 0]
    if max(places) > len(last) or (turn.cheapest_of_shown and not last):
        yield f"only {len(last)} items were shown before"
        return
    for one in turn.of_shown:
        forms = _forms(one, last[one.nth - 1])
        if not _states(answer, forms):
            yield f"lacks {one.field} of item {one.nth}: {' / '.join(forms)}"
    if turn.sum_of_shown:
        cost = sum(item(last[at - 1])["price_krw"] for at in turn.sum_of_shown)
        if not _states(answer, amounts(cost)):
            yield f"lacks the sum {cost:,}"
    if turn.cheapest_of_shown:
        least = min(item(one)["price_krw"] for one in last)
        names = [item(one)[name] for one in last if item(one)["price_krw"] == least for name in ("name_ko", "name_en")]
        if not _states(answer, names):
            yield f"does not name the cheapest: {' / '.join(names)}"


def _forms(one: OfShown, identity: str) -> list[str]:
    found = item(identity)
    if one.field == "price":
        return amounts(found["price_krw"])
    if one.field == "name":
        return [found["name_ko"], found["name_en"]]
    values = found["colours"][:1] if one.field == "colours" else [found[one.field]]
    return [word for value in values for word in _words()[one.field][value]]


@cache
def _words() -> Mapping[str, Any]:
    """Read `cases/agents/words.yaml`: field -> value -> the words for it."""
    read: Mapping[str, Any] = read_yaml("stylegraph.evals.cases", "agents/words.yaml")
    return read


def _form_wrong(turn: AgentTurn, answer: Answer) -> Iterator[str]:
    if turn.form == "table" and _table_rows(answer.text) < turn.least_rows:
        yield f"no table of {turn.least_rows} rows"
    if turn.form == "checklist" and _listed(answer.text) < turn.least_rows:
        yield f"no list of {turn.least_rows} lines"
    if answer.broken:
        yield "a code block is broken"
    blocks = code_blocks(answer.text)
    for wanted in turn.code:
        if not any(_flush(wanted) in _flush(block) for block in blocks):
            yield f"lacks the code: {wanted.strip().splitlines()[0]} …"


def _table_rows(text: str) -> int:
    """Count the rows of the largest table below its head; rows must have as many cells as it has."""
    best, rows = 0, list[str]()
    for line in [*text.split("\n"), ""]:
        if _ROW.match(line):
            rows.append(line)
            continue
        if len(rows) > 2 and _RULE.match(rows[1]) and len({row.count("|") for row in rows}) == 1:
            best = max(best, len(rows) - 2)
        rows = []
    return best


def _listed(text: str) -> int:
    return sum(bool(_LISTED.match(line)) for line in text.split("\n"))


def _flush(code: str) -> str:
    """Return code without blank lines and common indentation; its own indentation stays."""
    lines = [line.rstrip() for line in code.split("\n") if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    return "\n".join(line[margin:] for line in lines)


def _prose(text: str) -> str:
    """Return a text without its code."""
    for block in code_blocks(text):
        text = text.replace(block, " ")
    return text
