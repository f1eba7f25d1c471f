"""A wish cut into what it names, what joins or rules out, numbers, and the words that are left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from stylegraph.tools.fashion.query.amounts import Amount, in_figures, read_amounts
from stylegraph.tools.fashion.query.binding import BoundLexicon, is_other_good, plain_spelling
from stylegraph.tools.fashion.query.goods import is_good, is_trait, other_names
from stylegraph.tools.fashion.query.lexicon import Entry, Sense, normalise
from stylegraph.tools.fashion.query.typos import corrected

_ENDINGS = "은는을를고게지면어아여해한할하기니다던었았였려러자세습요네도서야든나며으운워울웠진질"
"""Syllables that begin the ending of a Korean verb or adjective: what may follow a stem of one syllable."""
_LATIN_WORDS = re.compile(r"[a-z]+")
_ONE_NAME = re.compile(r"[a-z]+(?:[ -][a-z]+)+")
_LONGEST_NAME = 3
"""Words in the name of one of the goods."""
_LATIN_ENDING = re.compile(r"(?:'s|s'|es|s|ish|ly|y)?(?![a-z0-9])")
_LONGEST_WORD = 60
_MOST_CORRECTIONS = 8
"""Unknown words of one text that are looked at for typos; a text with more is no wish."""
_PUNCTUATION = ".!?;:…\n"
_ENDING = re.compile(r"(?<=[^\W\d_])['’][sm]\b", re.IGNORECASE)
"""The end of a word, "manufacturer's", "I'm": not the size S or M."""
_COMPARATIVE = re.compile(r"(?P<stem>[a-z]{3,}?)(?P<y>i)?e(?:r|st)")
_NEGATED_TAIL = re.compile(r"지(?:는|도|가|를)?\s?(?:않|말|마)")


@dataclass(frozen=True)
class Token:
    """One piece of a wish."""

    text: str
    sense: Sense | None = None
    roles: frozenset[str] = frozenset()
    tail: str = ""
    """Particles and endings after it."""
    amount: Amount | None = None
    spaced: bool = True
    """Whether a space or a sign stands before it."""
    corrected: bool = False

    @property
    def is_word(self) -> bool:
        """Whether nothing is known of it."""
        return self.sense is None and not self.roles and self.amount is None

    @property
    def negated(self) -> bool:
        """Whether its own ending rules it out, as in 튀지않는."""
        return bool(_NEGATED_TAIL.search(self.tail))


@dataclass
class Lexer:
    """Cuts wishes into tokens by the words of one catalogue."""

    lexicon: BoundLexicon
    is_word: Callable[[str], bool]
    """Whether a word that is not in the lexicon is a word of the language, and so no typo."""
    is_head: Callable[[str], bool] = lambda word: False
    """Whether items of the catalogue are called so."""

    def tokens(self, text: str) -> list[Token]:
        """Cut a wish; clause ends are tokens with the role `end`, commas with the role `comma`."""
        clean = in_figures(normalise(text))
        amounts = read_amounts(clean, self.lexicon.lexicon.sizes, self.lexicon.money)
        by_start = {amount.start: amount for amount in amounts}
        return list(_Cut(self.lexicon, self.is_word, self.is_head, self._particles, clean, by_start).tokens())

    @cached_property
    def _particles(self) -> re.Pattern[str]:
        one = "|".join(sorted(self.lexicon.lexicon.particles, key=len, reverse=True))
        return re.compile(f"(?:{one}){{1,3}}")


@dataclass
class _Cut:
    lexicon: BoundLexicon
    is_word: Callable[[str], bool]
    is_head: Callable[[str], bool]
    particles: re.Pattern[str]
    text: str
    amounts: dict[int, Amount]
    unknown: int = 0
    memory: dict[int, tuple[Entry, int, str, int] | None] = field(default_factory=dict)

    def tokens(self) -> Iterator[Token]:
        for place in range(len(self.text) - 1, -1, -1):  # from the end, so that no entry waits for many behind it
            self._known(place)
        at, spaced = 0, True
        while at < len(self.text):
            if at in self.amounts:
                amount = self.amounts[at]
                end, tail = self._after_number(amount.end)
                yield Token(self.text[at : amount.end], amount=amount, tail=tail, spaced=spaced)
            elif ending := _ENDING.match(self.text, at):
                end = ending.end()
            elif not self.text[at].isalnum():
                end = at + 1
                yield from self._sign(at)
            else:
                found = list(self._piece(at, spaced))
                end = found[-1][1]
                yield from (token for token, _ in found)
            spaced = end >= len(self.text) or not self.text[end - 1].isalnum() or not self.text[end].isalnum()
            at = end

    def _sign(self, at: int) -> Iterator[Token]:
        char = self.text[at]
        if char in _PUNCTUATION:
            yield Token(char, roles=frozenset({"end"}))
        elif char in ",、，":
            yield Token(char, roles=frozenset({"comma"}))
        elif char in "/+·&":
            yield Token(char, roles=frozenset({"join"}))

    def _piece(self, at: int, spaced: bool) -> Iterator[tuple[Token, int]]:
        """Return the token at a place with where it ends; for an unknown compound, its known end apart."""
        known = self._known(at)
        if (thing := self._thing_end(at, known)) is not None:
            yield Token(self.text[at:thing], spaced=spaced), thing
            return
        if self.text.startswith("a ", at) and self._thing_end(at + 2, self._known(at + 2)) is not None:
            yield Token("a", roles=frozenset({"light"}), spaced=spaced), at + 1  # "a plus size shirt" has no "a plus"
            return
        if known is not None and not (known[0].sense is None and self._names_good(at)):
            entry, _, tail, end = known
            yield Token(entry.surface, entry.sense, entry.roles, tail, spaced=spaced), end
            return
        end = self._word_end(at)
        word = self.text[at:end]
        for cut in range(2, len(word) - 1):  # an unknown word in front of a known garment: 봄버 + 자켓
            tailed = self._known(at + cut) if _is_hangul(word[cut - 1 : cut + 1]) else None
            if tailed is not None and tailed[3] >= end and _is_garment(tailed[0]):
                yield Token(word[:cut], spaced=spaced), at + cut
                yield Token(tailed[0].surface, tailed[0].sense, tailed[0].roles, tailed[2], spaced=False), end
                return
        yield self._corrected(word, spaced), end

    def _thing_end(self, at: int, known: tuple[Entry, int, str, int] | None) -> int | None:
        """Return where English words end that name a thing as a whole: no bag, a sleeping bag; no cool, a cool box; nor a plus: plus size."""
        words = list(islice(_LATIN_WORDS.finditer(self.text, at), _LONGEST_NAME)) if self.text[at].isascii() else []
        for phrase in self._phrases(words) if words and words[0].start() == at else ():
            end = at + len(phrase)
            if (known is None or known[3] < end) and (
                is_trait(phrase) or self._is_other(phrase) or self._is_ours(phrase, at)
            ):
                return end
        return None

    def _is_other(self, phrase: str) -> bool:
        """Check whether a thing only ends in the name of a garment."""
        spellings = self.lexicon.lexicon.by_spelling["category"]
        found = plain_spelling(phrase.rsplit(maxsplit=1)[-1], spellings)
        return found is not None and is_other_good(phrase, found, spellings)

    def _is_ours(self, phrase: str, at: int) -> bool:
        """Check whether the shop calls its items by another name for a thing, and has no values for what the words say."""
        ours = any(map(self.is_head, other_names(phrase))) and not self.is_head(phrase)
        return ours and not self._is_told(at, at + len(phrase))

    def _phrases(self, words: Sequence[re.Match[str]]) -> Iterator[str]:
        """Return the goods that the next words name, or what goods are said to be, the longest name first."""
        at = words[0].start()
        for last in reversed(words[1:]):
            phrase = self.text[at : last.end()]
            if _ONE_NAME.fullmatch(phrase) and (is_good(phrase) or is_trait(phrase)):
                yield phrase

    def _is_told(self, at: int, end: int) -> bool:
        """Check whether the catalogue has a value for every word of a phrase."""
        while at < end:
            known = self._known(at)
            if known is None or not self._has_values(known[0]):
                return False
            at = known[3] + 1
        return True

    def _has_values(self, entry: Entry) -> bool:
        return any(self.lexicon.values(kind, name) for kind, name in (entry.sense.means if entry.sense else ()))

    def _names_good(self, at: int) -> bool:
        """Check whether a whole Korean word names one of the goods, though it begins with a little word: 옷걸이."""
        word = self.text[at : self._word_end(at)]
        return _is_hangul(word) and any(is_good(stem) for stem, _ in self._stems(word))

    def _corrected(self, word: str, spaced: bool) -> Token:
        if self.is_head(word):
            return Token(word, spaced=spaced)  # a cooler is no form of cool where coolers are sold
        for plain in _positives(word):
            entry = self.lexicon.singles.get(plain)
            if entry is not None and entry.sense is not None:
                return Token(entry.surface, entry.sense, entry.roles, spaced=spaced)
        self.unknown += 1
        for stem, tail in self._stems(word) if self.unknown <= _MOST_CORRECTIONS else ():
            spelling = corrected(stem, self.lexicon.spellings, self.lexicon.senses, self.is_word)
            if spelling is not None:
                entry = self.lexicon.singles[spelling]
                if not self._is_there(entry):
                    continue  # a word for something that this catalogue doesn't have is no likelier than an unknown one
                return Token(entry.surface, entry.sense, entry.roles, tail, spaced=spaced, corrected=True)
        return Token(word, spaced=spaced)

    def _is_there(self, entry: Entry) -> bool:
        means = entry.sense.means if entry.sense else ()
        kinds = [name for kind, name in means if kind == "category"]
        return not kinds or any(self.lexicon.values("category", name) for name in kinds)

    def _stems(self, word: str) -> Iterator[tuple[str, str]]:
        yield word, ""
        for cut in range(len(word) - 1, 1, -1):
            if self.particles.fullmatch(word, cut):
                yield word[:cut], word[cut:]

    def _known(self, at: int) -> tuple[Entry, int, str, int] | None:
        """Return the longest entry here that leaves nothing unexplained: it, its end, its tail, where that ends."""
        if at not in self.memory:
            self.memory[at] = None
            for end, entry in self.lexicon.matches(self.text, at):
                fits = None if self._holds_a_price(at, end) else self._fits(entry, end)
                if fits is not None:
                    self.memory[at] = entry, end, fits[0], fits[1]
                    break
        return self.memory[at]

    def _holds_a_price(self, at: int, end: int) -> bool:
        """Check whether a price begins within an entry: the "have 100,000 won" of "i have 100,000 won"."""
        return any(at < start < end for start, amount in self.amounts.items() if amount.kind == "price")

    def _fits(self, entry: Entry, end: int) -> tuple[str, int] | None:
        """Return the tail that may follow an entry and where it ends, or None when the word goes on otherwise."""
        if end >= len(self.text) or not self.text[end].isalnum():
            ending = _LATIN_ENDING.match(self.text, end) if self.text[end - 1].isascii() else None
            return "", ending.end() if ending else end
        if end in self.amounts:
            return "", end
        if self.text[end - 1].isascii() and self.text[end].isascii():
            return self._latin_tail(entry, end)
        stop = self._word_end(end)
        if entry.stem and (tail := self._stem_tail(entry, end, stop)) is not None:
            return tail
        return self._noun_tail(end, stop)

    def _latin_tail(self, entry: Entry, end: int) -> tuple[str, int] | None:
        if self.text[end - 1].isdigit() and self.text[end].isdigit():
            return None
        ending = _LATIN_ENDING.match(self.text, end)
        if ending and len(entry.surface) >= 3:
            return ending[0], ending.end()
        return ("", self._word_end(end)) if entry.stem else None

    def _stem_tail(self, entry: Entry, end: int, stop: int) -> tuple[str, int] | None:
        rest = self.text[end:stop]
        for cut in range(0, min(4, len(rest))):  # 시원한반팔: the ending, then a garment without a space
            if len(rest) - cut >= 2:
                following = self._known(end + cut)
                if following is not None and following[0].sense is not None and following[1] - end - cut >= 2:
                    return rest[:cut], end + cut
        if len(entry.surface) == 1 and rest[0] not in _ENDINGS:
            return None
        return rest, stop

    def _noun_tail(self, end: int, stop: int) -> tuple[str, int] | None:
        rest = self.text[end:stop]
        if self.particles.fullmatch(rest) and not self._goes_on(end):
            return rest, stop
        following = self._known(end)
        if following is not None and self._may_join(end, following):
            return "", end
        for particle in self._openings(rest):
            if self._known(end + len(particle)) is not None:
                return particle, end + len(particle)
        return (rest, stop) if self.particles.fullmatch(rest) else None

    def _may_join(self, end: int, following: tuple[Entry, int, str, int]) -> bool:
        """Check whether two entries may be one word; single syllables only if both name something, as in 면티."""
        short = following[1] - end == 1 and (end < 2 or not self.text[end - 2].isalnum())
        named = following[0].sense is not None and any(
            entry.sense is not None for stop, entry in self.lexicon.matches(self.text, end - 1) if stop == end
        )
        return not short or named

    def _goes_on(self, end: int) -> bool:
        """Check whether what looks like a particle begins another thing that is asked for."""
        following = self._known(end)
        return following is not None and (following[0].sense is not None or bool(following[0].roles & _ATTACHED))

    def _openings(self, rest: str) -> Iterator[str]:
        for length in range(min(4, len(rest) - 1), 0, -1):
            if self.particles.fullmatch(rest, 0, length):
                yield rest[:length]

    def _after_number(self, end: int) -> tuple[int, str]:
        stop = self._word_end(end)
        rest = self.text[end:stop]
        if rest and _is_hangul(rest) and self.particles.fullmatch(rest):
            return stop, rest
        return end, ""

    def _word_end(self, at: int) -> int:
        """Return the end of the run of letters and digits that begins at a place; a number that was read ends it."""
        end = at
        furthest = min(len(self.text), at + _LONGEST_WORD)
        while end < furthest and self.text[end].isalnum() and (end == at or end not in self.amounts):
            end += 1
        return end


_ATTACHED = frozenset({"not_after", "join", "nice_after", "must_after", "any_after"})


def _positives(word: str) -> Iterator[str]:
    """Return what an English comparative may be one of: dressy for "dressier", loose for "looser", big for "bigger"."""
    match = _COMPARATIVE.fullmatch(word)
    if match is not None and match["y"]:
        yield match["stem"] + "y"
    elif match is not None:
        stem = match["stem"]
        yield from (stem, stem + "e", stem[:-1] if stem[-1:] == stem[-2:-1] else stem)


def _is_hangul(text: str) -> bool:
    return all("가" <= char <= "힣" for char in text)


def _is_garment(entry: Entry) -> bool:
    return (
        entry.sense is not None and len(entry.surface) >= 2 and any(kind == "category" for kind, _ in entry.sense.means)
    )
