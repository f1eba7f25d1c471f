"""What a sentence and the evidence have in common, and where they part, as numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from stylegraph.agent.local.reader.features import Known, Numbers
from stylegraph.agent.local.support.passages import Clause, Passage, parts_of
from stylegraph.agent.local.support.quantities import Quantity, quantities
from stylegraph.agent.local.support.senses import Sense, has, rivals, sides
from stylegraph.agent.text.gazetteer import load_words
from stylegraph.agent.text.language import detect_language
from stylegraph.agent.text.synonyms import Term, asked_terms, meanings
from stylegraph.agent.text.tokenizer import tokenize

_OTHER_WORDS, _INSIDE = 0.9, 0.6
_LIKE, _FROM, _TO = 0.8, 0.5, 0.85
"""As `agent.local.reader.features` has them."""
_NEAR = (0.6, 0.95)
"""Where a sentence begins to be nearly the evidence's own words: then what differs was changed, not reworded."""
_HALF = (0.4, 0.75)
_FIGURE = 1.0
"""What a quantity weighs beside the words."""
_FEW_TERMS = 12
_KINDS = ("season", "colour", "material", "place")
"""Kinds of word of which one can't stand for another; `words.yaml` has more."""
_TURNING: tuple[Sense, ...] = ("necessity", "whole")
_NAME = re.compile(r"(?<=[a-z,;:] )(?:[A-Z][\w-]+|[B-HJ-Z])\b|(?<=\w )A(?=$|[.,;]| (?:is|has|for|are)\b)|\b[A-Z]{2,}\b")

SIGNS: Mapping[str, int] = {
    **{"near": 0, "half": 0, "loose": 1, "far_gap": 0, "near_gap": -1, "back": 0, "cosine": 1, "cosine_clause": 1},
    **{"figures": 0, "figure_missing": -1, "half_figure_missing": -1, "figure_in_line": 1},
    **{"opposite": -1, "negation_dropped": -1, "necessity_added": -1, "necessity_dropped": -1, "only_differs": -1},
    **{"rival": -1, "missing_things": -1, "missing_names": -1, "near_missing": -1, "near_subject": -1},
    **{"length": 0, "across": 0, "quoted": 1, "clean": 1, "near_clean": 1},
}
"""Each column of `Comparison.features`, and which way it may count: 1 for, -1 against, 0 either."""
NAMES = tuple(SIGNS)


class Comparison:
    """One sentence beside evidence.

    Args:
        sentence: Without markers.
        passages: The evidence; at least one line in all.
        known: Words and vectors of the sentence and of `texts_of(passages)`.
    """

    def __init__(self, sentence: str, passages: Sequence[Passage], known: Known) -> None:
        self.sentence, self._known = sentence, known
        tokens = tokenize(sentence)
        self._terms = asked_terms(sentence, tokens, dict.fromkeys(tokens, 1.0))
        self._figures = quantities(sentence)
        self._weights = np.array([*(term.weight for term in self._terms), *[_FIGURE] * len(self._figures)])
        self.lines = [line for one in passages for line in one.lines]
        self._clauses = [clause for one in passages for parts in one.clauses for clause in parts]
        texts = (*self.lines, *(part for clause in self._clauses for part in clause))
        self._strict = {text: self._exactly(text) for text in dict.fromkeys(texts)}
        self._loose = {text: np.maximum(met, self._alike(text)) for text, met in self._strict.items()}
        own = {line: parts for one in passages for line, parts in zip(one.lines, one.clauses, strict=True)}
        self.line = max(self.lines, key=self.likeness)
        self.clause = max((clause.text for clause in own[self.line]), key=self.likeness)

    def likeness(self, text: str) -> float:
        """Return how much a text looks like what the sentence was taken from: by words, figures and meaning."""
        return self._share(self._loose[text]) + 0.5 * self._cosine(text)

    def features(self) -> Numbers:
        """Return shape (len(NAMES),)."""
        across = detect_language(self.line) != detect_language(self.sentence)
        parts = {
            **self._covered(),
            **self._figured(),
            **self._sensed(),
            **self._missed(),
            **{"length": min(len(self._terms), _FEW_TERMS) / _FEW_TERMS, "across": float(across)},
        }
        clean = float(not (self._is_turned() or parts["figure_missing"] or parts["opposite"] or parts["rival"]))
        parts |= {"clean": clean, "near_clean": self.near * clean, "quoted": float(self._is_quoted())}
        return np.array([parts[name] for name in NAMES])

    @cached_property
    def _anywhere(self) -> Numbers:
        return np.asarray(np.max([self._strict[line] for line in self.lines], axis=0))

    @cached_property
    def near(self) -> float:
        """How nearly the sentence is in the evidence's own words, 0..1."""
        return _ramp(self._share(self._anywhere), *_NEAR)

    @cached_property
    def _half(self) -> float:
        return _ramp(self._share(self._anywhere), *_HALF)

    @cached_property
    def covered(self) -> float:
        """Return the share of the sentence that the evidence meets, by words or by their meaning, 0..1."""
        return self._share(np.max([self._loose[line] for line in self.lines], axis=0))

    def _covered(self) -> dict[str, float]:
        """Return how much is met by all evidence, and how much less by one clause for each part of the sentence."""
        whole = self._share(self._anywhere)
        contexts = [self._context(clause) for clause in self._clauses]
        return {
            **{"near": self.near, "half": self._half, "loose": self.covered, "back": self._said(self.clause)},
            "far_gap": (1 - self.near) * (whole - max(map(self._share, contexts))),
            "near_gap": self.near * (whole - self._by_parts(contexts)),
            "cosine": max(map(self._cosine, self.lines)),
            "cosine_clause": max(self._cosine(clause.text) for clause in self._clauses),
        }

    def _context(self, clause: Clause) -> Numbers:
        """Return what a clause meets together with what it is about."""
        return np.asarray(np.maximum(self._strict[clause.text], self._strict[clause.topic]))

    def _by_parts(self, contexts: Sequence[Numbers]) -> float:
        """Return the share that is met when each part of the sentence may be borne by another clause."""
        parts = [part.casefold() for part in parts_of(self.sentence)]
        tokens = [term.token for term in self._terms]
        starts = [max((at for at, part in enumerate(parts) if token in part), default=0) for token in tokens]
        starts += [self._part_of(figure, parts) for figure in self._figures]
        of_part = [np.array([float(at == place) for at in starts]) for place in range(len(parts))]
        met = [max(((one * own) @ self._weights for one in contexts), default=0.0) for own in of_part]
        return float(sum(met) / self._weights.sum()) if self._weights.sum() else 0.0

    def _part_of(self, figure: Quantity, parts: Sequence[str]) -> int:
        said = self.sentence[figure.start : figure.end].strip().casefold()
        return max((at for at, part in enumerate(parts) if said in part), default=0)

    def _figured(self) -> dict[str, float]:
        """Check whether a quantity is missing, and how many stand in the best line."""
        missing = float(any(not _is_given(one, self.lines) for one in self._figures))
        here = sum(_is_given(one, [self.line]) for one in self._figures)
        return {
            **{"figures": float(bool(self._figures)), "figure_missing": missing},
            "half_figure_missing": self._half * missing,
            "figure_in_line": here / len(self._figures) if self._figures else 1.0,
        }

    def _sensed(self) -> dict[str, float]:
        """Describe where negation, necessity, a quantifier or one of two opposites differs."""
        said, line, clause = self.sentence, self.line, self.clause
        opposed = (
            {one, other} == {1, 2}
            for text in (line, clause)
            for one, other in zip(sides(said), sides(text), strict=True)
        )
        return {
            "opposite": float(any(opposed)),
            "negation_dropped": float(has("negation", clause) and not has("negation", said)),
            "necessity_added": float(has("necessity", said) and not has("necessity", line)),
            "necessity_dropped": float(has("necessity", clause) and not has("necessity", said)),
            "only_differs": float(has("only", said) and not has("only", line))
            + float(has("only", clause) and not has("only", said)),
        }

    def _is_turned(self) -> bool:
        """Check whether a sentence that is near the evidence differs in what turns its sense."""
        said, line = self.sentence, self.line
        negates = self.near > 0 and has("negation", said) != has("negation", self.clause)
        added = any(has(sense, said) and not has(sense, line) for sense in _TURNING)
        return negates or added or self._lacks_name()

    def _missed(self) -> dict[str, float]:
        """Return which words are missing, and whether the subject is another's."""
        total = self._weights.sum() or 1.0
        missing = ((1 - self._anywhere) * self._weights)[: len(self._terms)]
        sorts = np.array([term.sort for term in self._terms])
        return {
            "missing_things": float(missing[sorts == "thing"].sum() / total),
            "missing_names": float(missing[sorts == "name"].sum() / total),
            "near_missing": self.near * float(missing.max(initial=0.0)),
            "rival": float(self._has_rival()),
            "near_subject": self.near * self._subject_elsewhere(),
        }

    def _is_quoted(self) -> bool:
        return any(self.sentence.rstrip(".!。 ").casefold() in line.casefold() for line in self.lines)

    def _lacks_name(self) -> bool:
        whole = " ".join(self.lines)
        return any(not re.search(rf"\b{re.escape(name)}\b", whole) for name in _NAME.findall(self.sentence))

    def _has_rival(self) -> bool:
        """Check whether a word is nowhere in the evidence whose best line has another of its kind instead."""
        whole = " ".join(self.lines)
        own, there = (
            {*rivals(text), *((slot.kind, slot.word) for slot in load_words().find(text, *_KINDS))}
            for text in (self.sentence, self.line)
        )
        return any(
            not _says(word, whole) and any(kind == other and not _says(said, self.sentence) for other, said in there)
            for kind, word in own
        )

    def _subject_elsewhere(self) -> float:
        """Return how much of the rest stands in one line that does not have the first noun, which others have."""
        nouns = [place for place, term in enumerate(self._terms) if term.sort in ("thing", "name", "code")]
        if not nouns or len(self._terms) < 2:
            return 0.0
        low = self.sentence.lower()
        first = min(nouns, key=lambda place: low.find(self._terms[place].token) % (len(low) + 1))
        rest = np.array([float(place != first) for place in range(len(self._weights))])
        line = max(self.lines, key=lambda one: self._share(self._loose[one] * rest))
        elsewhere = self._anywhere[first] > 0.5 and self._strict[line][first] < 0.5
        return float(elsewhere) * self._share(self._loose[line] * rest)

    def _said(self, text: str) -> float:
        """Return the share of a text's words that the sentence says."""
        tokens, own = frozenset(self._known.words[self.sentence]), list(self._known.words[text])
        terms = asked_terms(text, own, dict.fromkeys(own, 1.0))
        total = sum(term.weight for term in terms)
        return sum(term.weight * _met(term, tokens) for term in terms) / total if total else 1.0

    def _exactly(self, text: str) -> Numbers:
        tokens = frozenset(self._known.words[text])
        figures = [float(_is_given(one, [text])) for one in self._figures]
        return np.array([*(_met(term, tokens) for term in self._terms), *figures])

    def _alike(self, text: str) -> Numbers:
        """Return 0..1 for each word by the likest word of a text."""
        own = [word for word in sorted(set(self._known.words[text].values())) if not word[0].isdigit()]
        if not own or not self._terms:
            return np.zeros(len(self._weights))
        words = self._known.words[self.sentence]
        rows = np.stack([self._known.vectors[words[term.token]] for term in self._terms])
        best = (rows @ np.stack([self._known.vectors[word] for word in own]).T).max(axis=1)
        alike = _LIKE * np.clip((best - _FROM) / (_TO - _FROM), 0.0, 1.0)
        return np.array([*alike, *[0.0] * len(self._figures)])

    def _share(self, met: Numbers) -> float:
        return float(met @ self._weights / self._weights.sum()) if len(self._weights) else 0.0

    def _cosine(self, text: str) -> float:
        return float(self._known.vectors[text] @ self._known.vectors[self.sentence])


def _ramp(share: float, low: float, high: float) -> float:
    return float(np.clip((share - low) / (high - low), 0, 1))


def _met(term: Term, tokens: frozenset[str]) -> float:
    if term.token in tokens:
        return 1.0
    if term.meanings and not term.meanings.isdisjoint(meanings(tokens)):
        return _OTHER_WORDS
    return _INSIDE if any(_inside(term.token, word) for word in tokens) else 0.0


def _inside(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) > (3 if short.isascii() else 1) and (long.startswith(short) or long.endswith(short))


def _says(word: str, text: str) -> bool:
    """Check whether a text has a word, or another of its meaning."""
    if word.lower() in text.lower():
        return True
    own = meanings(frozenset(tokenize(word)))
    return bool(own) and not own.keys().isdisjoint(meanings(frozenset(tokenize(text))))


def _is_given(figure: Quantity, texts: Sequence[str]) -> bool:
    """Check whether a text has a quantity, or a range that it is in: 15 is in 12~16℃."""
    return any(figure.is_as(one) for text in texts for one in quantities(text)) or any(
        low.value < figure.value < high.value
        and figure.dimension in (high.dimension, "")
        and re.fullmatch(r"\s*(?:~|–|-|to|에서)\s*", text[low.end : high.start])
        for text in texts
        for low, high in zip(quantities(text), quantities(text)[1:], strict=False)
    )
