"""What an earlier answer listed or named, so that "the second one" can be called by its name."""

from __future__ import annotations

import re

from stylegraph.agent.text.gazetteer import Slot, load_words
from stylegraph.agent.text.language import sentences

_NUMBERED = re.compile(r"(?:(?<=\s)|^)(\d{1,2})[.)]\s+(.+?)(?=\s+\d{1,2}[.)]\s|\n|$)")
_BULLET = re.compile(r"^\s*[-*•]\s+(.+)$", re.MULTILINE)
_COMMA = re.compile(r",\s*(?:and |그리고 )?|\s+and\s+")
_ENDING = re.compile(r"(?:입니다|이에요|예요|이 있습니다|이 있어요|\.|!)+$")
_LONGEST_PAIR = 5
_LONGEST_NAME = 24
_NAME_END = re.compile(r"\s*(?:\(|\[|—|–|:|;|,|\s-\s|\*\*\s|입니다|이에요|예요|\.(?:\s|$)).*", re.DOTALL)

_QUOTED = re.compile(r"[‘“'\"]([^‘’“”'\"]{2,24})[’”'\"](?!\w{3})")
_SENTENCE = re.compile(r"[.!?](?:\s*\[\d+\])?\s*$")
_BESIDE = re.compile(
    r"[\s\-]*(?:색)?[\s\-]*|[\s\-]+(?!(?:and|or|with|in|of)\b)(?:[가-힣]{1,3}(?<![은는이가을를에의과와고랑도로]) ?|[A-Za-z]{3,} )"
)
_QUALIFIER = re.compile(
    r"(?<![가-힣])[가-힣]{1,2}$"
    r"|(?:(?<=\s)|^)(?!(?:an?|the|this|that|these|those|my|your|his|her|our|some|any|more|for|with|in|of|to|and|or|is|are|was|be|me|show|"
    r"recommend|want|need|find|good|nice|like|wash|wear|about|on|store|do|what|which|how)\b)[A-Za-z\-]{3,}\s+$",
    re.IGNORECASE,
)

_KOREAN_ORDINALS = {
    "첫": 1,
    "한": 1,
    "두": 2,
    "둘": 2,
    "세": 3,
    "셋": 3,
    "네": 4,
    "넷": 4,
    "다섯": 5,
    "여섯": 6,
    "마지막": -1,
}
_ENGLISH_ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
    "sixth": 6, "6th": 6, "last": -1,
}  # fmt: skip
_DIGITS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
_ORDINAL = re.compile(
    r"(?P<ko>첫|두|세|네|다섯|여섯)\s?번째(?:\s?(?:거|것|꺼|걸|건|게|옷|아이템|제품|상품|작품|항목))?"
    r"|(?P<ko_last>마지막)\s?(?:거|것|꺼|걸|건|게|옷)"
    r"|(?<!\d)(?P<digit>\d{1,2})\s?번(?!\s?(?:출구|국도|버스|이나|정도))(?:째)?(?:\s?(?:거|것|꺼|걸|건|옷))?"
    r"|\b(?:the )?(?P<en>first|second|third|fourth|fifth|sixth|last|1st|2nd|3rd|4th|5th|6th)(?: (?:one|item|option|piece))\b"
    r"|\b(?:the )?(?P<en_end>first|second|third|fourth|fifth|sixth|last|1st|2nd|3rd|4th)(?=[?.!]*$)"
    r"|\bthe (?P<en_alone>first|second|third|fourth|fifth|last)\b(?! (?:time|day|year|of|half|floor|hand|person|place|week|month|thing))"
    r"|\b(?:number|no\.|option|item|#) ?(?P<number>\d{1,2}|one|two|three|four|five)\b",
    re.IGNORECASE,
)


def listed_items(answer: str) -> list[str]:
    """Return the names of what an answer lists, in order; empty when it lists nothing."""
    numbered = [match.group(2) for match in _NUMBERED.finditer(answer)]
    found = numbered or _BULLET.findall(answer) or _in_a_row(answer)
    return [name for item in found if (name := _name(item.replace("**", "")))]


def _name(item: str) -> str:
    """Return what an item is called: of a sentence, the last name that it sets in quotation marks."""
    named = _QUOTED.findall(item) if _SENTENCE.search(item) else []
    return named[-1] if named else _NAME_END.sub("", item).strip()


def _in_a_row(answer: str) -> list[str]:
    """Return what the first sentence lists by commas, or as "A and B" when it says nothing else."""
    first = next(iter(sentences(answer)), "")
    names = [_ENDING.sub("", part).strip() for part in _COMMA.split(first)]
    short = all(0 < len(name) <= _LONGEST_NAME for name in names)
    pair = len(names) == 2 and " and " in first and len(first.split()) <= _LONGEST_PAIR
    return names if short and (len(names) > 2 or pair) else []


def named_thing(text: str) -> str:
    """Return the thing that a text is about, with its colour and fabric: "회색 울 블레이저"; empty if none.

    Without a thing, the first fabric.
    """
    runs = _runs(text)
    best = next((run for run in runs if any(slot.kind == "thing" for slot in run)), None)
    best = best or next((run for run in runs if any(slot.kind == "material" for slot in run)), None)
    if best is None:
        return ""
    return text[_qualified(text, best[0].start) : best[-1].end]


def _runs(text: str) -> list[list[Slot]]:
    """Group the words for colour, fabric, pattern and thing that stand side by side."""
    runs: list[list[Slot]] = []
    for slot in load_words().find(text, "colour", "material", "pattern", "thing"):
        end = runs[-1][-1].end if runs else -2
        if slot.start < end:
            continue
        if runs and _BESIDE.fullmatch(text[end : slot.start]):
            runs[-1].append(slot)
        else:
            runs.append([slot])
    return runs


def _qualified(text: str, start: int) -> int:
    """Move a start to the left over what else qualifies the word: "bomber" jacket, "면" in 면바지."""
    match = _QUALIFIER.search(text[:start])
    return start - len(match.group()) if match else start


def ordinal_in(question: str) -> tuple[int, int, int] | None:
    """Find "두 번째 거", "number 2", "the last one": its place (1-based, -1 the last), start and end."""
    match = _ORDINAL.search(question)
    if match is None:
        return None
    korean = match["ko"] or match["ko_last"]
    english = match["en"] or match["en_end"] or match["en_alone"]
    digits = match["digit"] or _DIGITS.get((match["number"] or "").lower(), match["number"])
    place = _KOREAN_ORDINALS[korean] if korean else int(digits) if digits else _ENGLISH_ORDINALS[english.lower()]
    return place, match.start(), match.end()


def pick(items: list[str], place: int) -> str | None:
    """Return the item at a place, or None when the list has no such place."""
    index = place - 1 if place > 0 else len(items) - 1
    return items[index] if 0 <= index < len(items) else None
