"""From what a model wrote to a draft: each citation found in the evidence word for word, or taken away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from stylegraph.agent.citations import cite, locate, markers
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.injection import masked, plain
from stylegraph.agent.llm.links import links_in, without_links
from stylegraph.agent.llm.prompts import all_rules, shared_features
from stylegraph.agent.llm.streaming import Label, parted
from stylegraph.agent.local.items import is_item, recommendations
from stylegraph.agent.state import Draft, Kind
from stylegraph.agent.text.language import Span, detect_language, sentence_spans

_BEARS = 0.5
"""Share of a sentence's features that a passage's sentence must have to stand in for a quote that does not hold."""
_TOUCHES = 0.1
"""Share that a sentence has in common at least with what is quoted for it in the same language."""
_BEARS_UNASKED = 0.7
"""The same for a sentence that names no passage."""
_STATES = 5
"""Features that a sentence has at least to state something that could be cited."""
_IN_A_ROW = 3
"""Sentences of a passage that together bear one of the answer at most."""
_SHORT = 15
"""A quote shorter than this says too little by itself: the sentence that it stands in is quoted."""
_REPEATED = 8
"""Words in a row, the same as in the rules, by which an answer gives the rules away."""

_GROUPED = re.compile(r"\[\s*(\d{1,2}(?:\s*[,;]\s*\d{1,2})+)\s*\]|【(\d{1,2})】")
_LISTED = re.compile(r"\][ \t]*[,;·][ \t]*(?=\[\d{1,2}\])")
_AFTER_STOP = re.compile(r"([.!?。…]+)[ \t]*((?:\[\d{1,2}\][ \t]*)+)")
_MARKER = re.compile(r"[ \t]*\[(\d{1,2})\]")
_QUOTE = re.compile(r"^[ \t]*[-*]?[ \t]*\[(\d{1,2})\][ \t]*:?[ \t]*[\"“「'‘]?(.+?)[\"”」'’]?[ \t]*$", re.MULTILINE)
_ELLIPSIS = re.compile(r"\s*(?:\.{3}|…|\[…\])\s*")
_STOP = re.compile(r"([.!?。…]*)\s*$")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def compose(text: str, evidence: Sequence[Evidence]) -> Draft:
    """Make a draft of a model's text.

    Args:
        text: What it wrote: an answer with passage numbers, a line `---`, and quotes.
        evidence: The passages, in the order of their numbers.

    Returns:
        The draft; `[n]` in its text names its n-th citation, and every citation stands in the evidence.
    """
    label, answer, below = parted(plain(text))
    answer = _tidied(without_rules(without_links(answer, links_in(evidence))))
    citing = _Citing(evidence, _quotes(below))
    written, at = "", 0
    for start, end in sentence_spans(answer):
        written += answer[at:start] + citing.sentence(answer[start:end])
        at = end
    cited = [piece for citation in citing.citations for piece in evidence if piece["id"] == citation["evidence"]]
    items = recommendations([piece for piece in {one["id"]: one for one in cited}.values() if is_item(piece)])
    draft = Draft(
        text=written.strip(),
        kind=_kind(label, cited),
        citations=citing.citations,
        recommendations=[item.model_dump(mode="json") for item in items],
    )
    return Draft(**{**draft, "unsupported": citing.unsupported}) if citing.unsupported else draft


def _kind(label: Label | None, cited: Sequence[Evidence]) -> Kind:
    if label:
        return "nothing" if label == "NOTHING" else "declined"
    return "recommendation" if cited and all(map(is_item, cited)) else "answer"


class _Citing:
    """Turns passage numbers into citations, sentence by sentence."""

    def __init__(self, evidence: Sequence[Evidence], quotes: Mapping[int, Sequence[str]]) -> None:
        self._evidence = evidence
        self._texts = [masked(piece["text"]) for piece in evidence]
        self._quotes = quotes
        self.citations: list[dict[str, Any]] = []
        self.unsupported: list[str] = []
        """Sentences that name passages of which none bears them."""

    def sentence(self, text: str) -> str:
        """Return a sentence with the numbers of its citations instead of those of its passages."""
        bare, named = _MARKER.sub("", text).strip(), dict.fromkeys(markers(text))
        if not named:
            return self._cited_unasked(text)
        held = {number: self._cited(number, bare) for number in named}
        if not any(held.values()):
            self.unsupported.append(bare)
        return _MARKER.sub(lambda match: f" [{held[int(match[1])]}]" if held[int(match[1])] else "", text)

    def _cited(self, number: int, sentence: str) -> int | None:
        """Return the number of the citation that bears a sentence; None when the passage does not."""
        if not 1 <= number <= len(self._evidence):
            return None
        text = self._texts[number - 1]
        span = _quoted(self._quotes.get(number, ()), text, sentence)
        if span is None:
            share, span = _bearing(text, sentence)
            if share < _BEARS:
                return None
        return self._numbered(cite(self._evidence[number - 1], *span))

    def _cited_unasked(self, text: str) -> str:
        """Cite what a sentence repeats without saying so, as weak models do; what it states on its own stays bare."""
        if not self._evidence or len(shared_features(text)) < _STATES:
            return text
        share, span, piece = max(
            ((*_bearing(own, text), piece) for own, piece in zip(self._texts, self._evidence, strict=True)),
            key=lambda one: one[0],
        )
        if share < _BEARS_UNASKED:
            return text
        return _STOP.sub(f" [{self._numbered(cite(piece, *span))}]\\1", text, count=1)

    def _numbered(self, citation: dict[str, Any]) -> int:
        if citation not in self.citations:
            self.citations.append(citation)
        return self.citations.index(citation) + 1


def _quoted(quotes: Sequence[str], text: str, sentence: str) -> Span | None:
    """Return where the quote stands that has the most to do with a sentence; None when none of them bears on it."""
    pieces = [piece for quote in quotes for piece in _ELLIPSIS.split(quote) if shared_features(piece)]
    spans = [_long_enough(text, *span) for piece in pieces if (span := locate(piece, text))]
    if not spans:
        return None
    span = max(spans, key=lambda span: (_share(text[slice(*span)], sentence), span[1] - span[0]))
    quote = text[slice(*span)]
    if detect_language(quote) != detect_language(sentence) or len(shared_features(sentence)) < _STATES:
        return span  # letters in common say nothing here
    return span if _share(quote, sentence) >= _TOUCHES else None


def _long_enough(text: str, start: int, end: int) -> Span:
    return (start, end) if end - start >= _SHORT else _sentence_at(text, start, end)


def _share(said: str, sentence: str) -> float:
    """Return the share of a sentence's features that another has."""
    wanted = shared_features(sentence)
    return len(shared_features(said) & wanted) / (len(wanted) or 1)


def _sentence_at(text: str, start: int, end: int) -> Span:
    return next((span for span in sentence_spans(text) if span[0] <= start and end <= span[1]), (start, end))


def _bearing(text: str, sentence: str) -> tuple[float, Span]:
    """Return how much of another sentence the passage's best few sentences in a row bear, and where those stand.

    It is the share of features that both have; nothing when those of the passage lack one of the numbers.
    """
    numbers = set(_NUMBER.findall(sentence))
    best, share = (0, 0), 0.0
    for span in _runs(sentence_spans(text)):
        said = text[slice(*span)]
        shared = _share(said, sentence)
        if shared > share and numbers <= set(_NUMBER.findall(said)):
            best, share = span, shared
    return share, best


def _runs(spans: Sequence[Span]) -> list[Span]:
    """Return every sentence, then every two and three in a row."""
    return [(spans[at][0], spans[at + length][1]) for length in range(_IN_A_ROW) for at in range(len(spans) - length)]


def _quotes(below: str) -> dict[int, list[str]]:
    quotes: dict[int, list[str]] = {}
    for match in _QUOTE.finditer(below):
        quotes.setdefault(int(match[1]), []).append(match[2].strip())
    return quotes


def _tidied(answer: str) -> str:
    """Return each passage its own number, in front of the stop that it would otherwise follow."""
    single = _GROUPED.sub(lambda match: "".join(f"[{number}]" for number in re.findall(r"\d+", match[0])), answer)
    single = _LISTED.sub("]", single)
    moved = _AFTER_STOP.sub(lambda match: f" {match[2].strip()}{match[1]} ", single)
    return re.sub(r"[ \t]+(?=\n|$)", "", moved)


def without_rules(text: str) -> str:
    """Return a text without the sentences that repeat the prompts' rules."""
    kept, at = "", 0
    for start, end in sentence_spans(text):
        kept += text[at:start] + ("" if repeats_rules(text[start:end]) else text[start:end])
        at = end
    return kept + text[at:]


def repeats_rules(sentence: str) -> bool:
    """Check whether a sentence gives the rules away."""
    words = re.findall(r"\w+", sentence.lower())
    rules = " ".join(["", *re.findall(r"\w+", all_rules().lower()), ""])
    return any(f" {' '.join(words[at : at + _REPEATED])} " in rules for at in range(len(words) - _REPEATED + 1))
