"""One question that asks for several things, taken apart."""

from __future__ import annotations

import re

from stylegraph.agent.text.coreference import pointing
from stylegraph.agent.text.gazetteer import load_words
from stylegraph.agent.text.language import sentences
from stylegraph.agent.text.patterns import tells
from stylegraph.agent.text.synonyms import Term, asked_terms
from stylegraph.agent.text.tokenizer import tokenize

_ASKING = (
    "추천|골라|고르|보여|찾아|찾|알려|확인|검색|설명|정리|요약|비교|조회|말해|알아|보|봐|짜|사|궁금|뽑아|체크|소개|매치|"
    "필요|어울리|괜찮|되|돼|가르쳐|점검|조사|살펴|읽어|구경|맞춰"
)
_ENDING = re.compile(
    r"(?:뭐|얼마|누구|언제|어디)(?:였|이| ?있)?고(?:요)?[, ]+"
    rf"|(?<![가-힣])[가-힣]*?(?:{_ASKING})(?:해|하)?(?:주|드리)?(?:시)?고(?:요)?(?! ?(?:싶|있))[, ]+"
    r"|[가-힣](?:인지|는지|은지|한지|을지|가|까)(?:도|랑)?[, ]+(?=[^?.]*(?:추천|골라|보여|찾아|짜))"
    r"|(?:어떻게|어디에|얼마나|언제|몇 ?[가-힣]+|무슨 [가-힣]+) [^,?.]*?[가-힣]야 ?(?:하|되|돼)고(?:요)?[, ]+"
    r"|어떻게 [가-힣]+고(?:요)?[, ]+(?=[^?.]*(?:추천|골라|보여|찾아|짜))"
    r"|[가-힣](?:는데|은데|인데|려고|건데)(?:요)?[, ]+(?=[^?.]*(?:추천|골라|보여|찾아|짜|어떻게|방법|하는 법))"
)
"""Where a Korean clause ends that asks for something and another follows: its verb stays with it."""
_JOINT = re.compile(
    r",? *(?:그리고|그리구|또한|아울러|더불어|그다음에?|추가로|덧붙여)[, ]+"
    r"|[,;]? +(?:and|plus|then|&|\+)(?: (?:then|also|please|finally|maybe))* +"
    r"(?=(?:(?:what|how|which|why|where|when|who)(?:['’]?s)?|is|are|do|does|did|was|were|will|would|can|could|should|tell|show|find|pick|recommend|suggest|"
    r"explain|give|look|check|choose|list|compare|summari[sz]e|describe|the (?:right|best|etiquette|rules)|tips?|"
    r"have|get|put|build|dress|help|search|instructions)\b)"
    r"|, *(?:and )?(?:also|plus|then)\b,? *|;\s+|, *(?=(?:pick|show|find|recommend|suggest|choose|explain|tell me) )",
    re.IGNORECASE,
)
"""What stands between two clauses and belongs to neither."""
_LOOSE_END = re.compile(
    r"^(?:(?:and|then|also|plus|그리고|또)\b[ ,]*)+|[ ,]*\b(?:and|then|also|plus|그리고|또)$", re.IGNORECASE
)
_ASKS = ("question", "request", "recommend", "ask_piece", "whether", "how", "why", "what_is", "price", "search", "care")
_SAID_OF_THINGS, _USED_ON_THINGS = frozenset(("qualities", "colours")), frozenset(("devices", "settings"))
"""Kinds of words that say how something is, and with what something is done to it."""
_SHORTEST = 4
_LONG, _MOST_ASKING = 160, 4
_CONTENT = re.compile(r"[^\W\d_]{2}")


def split_clauses(text: str) -> list[str]:
    """Take a question apart where it begins to ask for something else.

    Returns:
        The parts in order; the text alone when it asks for one thing.
    """
    ended = [part for sentence in sentences(text) for part in _cut_after(_ENDING, sentence)]
    parts = [part.strip(" ,") for piece in ended for part in _JOINT.split(piece)]
    parts = [part for part in parts if len(part) >= _SHORTEST and _CONTENT.search(part)]
    return parts or [text]


def asking_clauses(text: str) -> list[str]:
    """Take a question apart into the clauses that ask for something; the text alone when fewer than two do.

    What is told of a thing stands with the clause that asks about it and names none: "My sneakers got muddy. How do I
    wash them?" is one.
    """
    asking = [clause for clause in joined_clauses(text) if asks_for_something(clause)]
    return asking if len(asking) > 1 else [text]


def joined_clauses(text: str) -> list[str]:
    """Take a question apart into clauses, what is told of a thing with the clause that asks about it and names none."""
    clauses: list[str] = []
    for clause in split_clauses(text):
        if clauses and _tells_what_is_asked_about(clauses[-1], clause):
            clauses[-1] = span(text, clauses[-1], clause)
        else:
            clauses.append(clause)
    return clauses


def asks_for_something(clause: str) -> bool:
    """Check whether a clause asks in so many words, or is nothing but the name of a piece."""
    return load_words().has(clause, *_ASKS) or _names_a_piece(clause)


def asks(text: str) -> bool:
    """Check whether a message asks for something."""
    return "?" in text or load_words().has(text, *_ASKS)


def beside(clause: str) -> str:
    """Return what a clause says beside what it asks, such as a condition: "nothing red" of "tell me how to wash it, nothing red"."""
    words = load_words()
    _, *more = re.split(r"[,;] +", clause)
    return ", ".join(piece for piece in more if not words.has(piece, *_ASKS))


def tied(text: str) -> str:
    """Return what is left of a question when clauses have been taken out of it, without the words that joined them."""
    return _LOOSE_END.sub("", " ".join(text.split()).strip(" ,"))


def what_is_asked(text: str) -> str:
    """Return the part of a long text that asks; a short one as it is, since what it tells belongs to what it asks."""
    words = load_words()
    asking = [clause for clause in split_clauses(text) if words.has(clause, *_ASKS)] if len(text) > _LONG else []
    return " ".join(asking[:_MOST_ASKING]) or text


def _tells_what_is_asked_about(before: str, clause: str) -> bool:
    words = load_words()
    return words.has(clause, *_ASKS) and not words.has(before, *_ASKS) and bool(_topic(before)) and not _topic(clause)


def is_told(clause: str) -> bool:
    """Check whether a clause tells something and asks nothing, though it may name what is asked next: "a sweater pilled."."""
    return "?" not in clause and not load_words().has(clause, *(kind for kind in _ASKS if kind != "care"))


def span(text: str, first: str, last: str) -> str:
    """Return what stands in a text from one of its clauses to the next."""
    start = text.index(first)
    return text[start : text.index(last, start + len(first)) + len(last)]


def _names_a_piece(clause: str) -> bool:
    """Check whether a clause is nothing but the name of a thing, which asks for it."""
    return bool(load_words().find(clause, "thing")) and not tells("predicate", clause)


def complete(clauses: list[str]) -> list[str]:
    """Return each clause with what it is about: "세탁법도 알려줘" with the thing or fabric of "린넨 셔츠 추천하고" before it.

    Blocking: it may load the tokenizer. A clause that stands by itself is lent nothing.
    """
    topics = [_topic(clause) for clause in clauses]
    later = next((topic for topic in topics if topic), "")
    completed, topic = [], ""
    for clause, own in zip(clauses, topics, strict=True):
        lent = topic or (later if load_words().has(clause, "care") else "")
        completed.append(clause if own or not lent or stands_by_itself(clause) else f"{lent} {clause}")
        topic = own or topic
    return completed


def stands_by_itself(clause: str) -> bool:
    """Check whether a clause says what it is about: it points at nothing, and names a thing that something is asked of.

    Blocking: it may load the tokenizer.
    """
    return pointing(clause) is None and len(_telling(clause, _SAID_OF_THINGS | _USED_ON_THINGS)) > 1


def names_something(clause: str) -> bool:
    """Check whether a clause names what it may be about: a thing, or several words that are more than how things are.

    Blocking: it may load the tokenizer.
    """
    terms = _telling(clause, _SAID_OF_THINGS)
    return len(terms) > 1 or any(term.sort in ("thing", "name") for term in terms)


def _telling(clause: str, beside: frozenset[str]) -> list[Term]:
    terms = asked_terms(clause, tokenize(clause), {})
    return [term for term in terms if term.sort != "light" and not (term.kinds and term.kinds <= beside)]


def _topic(clause: str) -> str:
    """Return the thing or fabric that a clause names, with its colour; empty if none."""
    named = load_words().find(clause, "thing", "material", "colour")
    own = [slot for slot in named if slot.kind != "colour"]
    return clause[named[0].start : max(slot.end for slot in named)] if own else ""


def _cut_after(pattern: re.Pattern[str], text: str) -> list[str]:
    ends = [match.end() for match in pattern.finditer(text)]
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
