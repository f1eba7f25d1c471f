"""What a wish names that no field says: found among the catalogue's own words, or missing there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from stylegraph.agent.text.tokenizer import korean_nouns, tokenize
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.goods import is_good, is_trait, other_names
from stylegraph.tools.fashion.query.lexer import Token
from stylegraph.tools.fashion.query.lexicon import OPEN_END, Concept, Marks, normalise
from stylegraph.tools.fashion.query.mentions import Mention
from stylegraph.tools.fashion.query.nouns import Named, Nouns, singular, words_of
from stylegraph.tools.fashion.query.wish import Unexpressed

NOUN = "noun"
"""The field of something that is wanted and that the catalogue has no word for."""
_ABOUT = frozenset(
    {"for", "in", "to", "at", "on", "with", "of", "from", "by", "about", "as", "during", "after", "before", "than"}
)
"""English words after which a noun is no thing that is wanted."""
_ARTICLES = frozenset({"a", "an", "the", "my", "our", "her", "his", "their", "some", "this", "that", "these", "those"})
_VERB_BEHIND = frozenset(
    {
        "to",
        "i",
        "you",
        "we",
        "they",
        "he",
        "she",
        "it",
        "who",
        "can",
        "could",
        "should",
        "would",
        "will",
        "do",
        "does",
        "did",
    }
)
"""English words after which an unknown one is what somebody does: clothes to lounge in, what do I pack."""
_NOT_WANTED = re.compile(
    r"(?:에|에서|으로|로|이랑|랑|와|과|의|한테|에게|께|처럼|보다|때|날|까지|부터)(?:는|도|만|요)?$"
)
"""Endings of a Korean noun that is no thing that is wanted."""
_JOINED = re.compile(r"(?:이랑|랑|와|과|의)")
_NUMBERS = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
_PEOPLE = frozenset({"people", "person", "adult"})
_CAPACITY = ("person", "seater", "man", "berth", "인용", "인")
"""Words for how many something takes, which stand for one another."""
_CHOSEN = re.compile(r"(?:으로|로)(?:요)?")
"""What ends a choice, where nothing but a request follows: 편광으로, 편광으로 보여줘."""
_DOING = re.compile(r"[a-z]{3,}ing")
"""What one does: walking, running, hiking."""
_MADE_VERB = re.compile(r"되|하|돼|해|된|한|할|가능|있|없")
"""What makes a Korean noun a verb or an adjective: 수납되는, 방수되는."""
_SOFT = frozenset({"weather", "details", "moods", "styles", "occasions"})
_ASKED_OF = re.compile(r"있|뭐|무엇|얼마|없|보여|추천|찾|골라|줘|주세요|하나|사고|살|필요")


@dataclass(frozen=True)
class _Word:
    at: int
    said: str
    """Without particles."""
    text: str
    place: str | None


class Naming:
    """Reads the words of wishes that no field knows.

    Args:
        lexicon: The words of the catalogue's fields.
        nouns: The catalogue's own words.
    """

    def __init__(self, lexicon: BoundLexicon, nouns: Nouns) -> None:
        self._lexicon = lexicon
        self._nouns = nouns
        self._particles = re.compile(f"(?:{'|'.join(sorted(lexicon.lexicon.particles, key=len, reverse=True))}){{1,3}}")

    def settle(self, mentions: Sequence[Mention], tokens: Sequence[Token]) -> frozenset[int]:
        """Drop garments that are none here: the coat of a coat rack, what no field has and names do; return their places."""
        dropped = {mention.at for mention in mentions if self._is_none_here(mention, tokens)}
        for mention in mentions:
            if mention.at in dropped:
                mention.status = "dropped"
        return frozenset(dropped)

    def _is_none_here(self, mention: Mention, tokens: Sequence[Token]) -> bool:
        plain = mention.is_garment and (self._is_plain(mention, tokens) or self._is_only_with(mention, tokens))
        return (
            plain or self._is_named_group(mention) or self._is_of_two_columns(mention) or self._is_thing_here(mention)
        )

    def _is_thing_here(self, mention: Mention) -> bool:
        """Check whether what only leans elsewhere is a thing that this shop sells: 잠옷, which is for the home."""
        said = mention.token.text
        soft = mention.status == "wanted" and bool(mention.means) and mention.fields <= _SOFT
        return soft and (
            self._nouns.is_head(said) or (is_good(said) and any(map(self._nouns.is_head, other_names(said))))
        )

    def _is_of_two_columns(self, mention: Mention) -> bool:
        """Check whether a word is the same value of two columns, either of which will do: oak, a colour and a wood."""
        names = {name.lower() for _, name in mention.means}
        columns = {kind for kind, name in mention.means if name in self._lexicon.vocabulary["values"].get(kind, ())}
        alike = len(names) == 1 and len(columns) > 1 and mention.status == "wanted"
        return alike and self._nouns.place(mention.token.text) == "name"

    def _is_plain(self, mention: Mention, tokens: Sequence[Token]) -> bool:
        if mention.status not in {"wanted", "nice"}:
            return False
        following = tokens[mention.at + 1] if mention.at + 1 < len(tokens) else None
        if (
            following is not None
            and following.is_word
            and not mention.token.tail
            and self._nouns.is_head(self._bare(following.text))
        ):
            return True
        if (group := self._called_group(mention)) is not None:
            return self._own_name(group, mention) is not None
        bound = any(self._lexicon.values(kind, name) for kind, name in mention.means if kind == "category")
        named = self._nouns.place(mention.token.text) == "name"
        return named and (not bound or self._is_of_another_kind(mention))

    def _is_of_another_kind(self, mention: Mention) -> bool:
        """Check whether things are called so, and those of its group are not: a backpack is none of the Sleeping Bags."""
        values = [
            value for kind, name in mention.means if kind == "category" for value in self._lexicon.values(kind, name)
        ]
        said = " ".join(words_of(mention.token.text))
        others = all(len(words_of(value)) > 1 and said not in words_of(value) for value in values)
        return others and self._nouns.is_head(said)

    def _is_only_with(self, mention: Mention, tokens: Sequence[Token]) -> bool:
        """Check whether a kind of this shop alone stands where what comes with a thing does: a bed with storage."""
        own = all(("category", name) not in self._lexicon.lexicon.concepts for _, name in mention.means)
        before = tokens[mention.at - 1].text if mention.at else ""
        things = any(self._nouns.is_head(token.text) for token in tokens[: mention.at])
        return own and things and before == "with" and mention.fields == {"category"}

    def _called_group(self, mention: Mention) -> Concept | None:
        """Return the kind of garment that a mention names and that shops call by its name: raincoats, loafers."""
        found = (self._lexicon.lexicon.concepts.get(mark) for mark in mention.means if mark[0] == "category")
        return next((one for one in found if one is not None and one.called), None)

    def _own_name(self, group: Concept, mention: Mention) -> str | None:
        """Return what the catalogue calls such garments, as the wish says it or otherwise; None where it calls none so."""
        spellings = (mention.token.text, group.ko, group.en, *group.words)
        return next((name for name in spellings if self._nouns.is_head(name)), None)

    def _called(self, mentions: Sequence[Mention], plain: frozenset[int]) -> dict[int, Named]:
        """Return, by its place, what must be called as it is wanted; where nothing is, what is near stays in the wish."""
        groups = {
            one.at: (one, self._called_group(one)) for one in mentions if one.at in plain or one.status == "wanted"
        }
        named = {
            at: self._nouns.named(mention.token.text, (self._own_name(group, mention) or mention.token.text).split(), must=True)
            for at, (mention, group) in groups.items() if group is not None
        }  # fmt: skip
        return {at: self._open(one) if one.get("called") else one for at, one in named.items()}

    def _open(self, named: Named) -> Named:
        """Let the catalogue's other words for the weather that a name begins with do as well: rain, of a rain jacket."""
        first = normalise(named["words"][0])
        weather = self._lexicon.lexicon.concepts.get(("weather", first))
        spoken = {word.rstrip(OPEN_END) for word in (weather.en, weather.ko, *weather.words)} if weather else set()
        own = sorted(word for word in spoken if " " not in word and word != first and self._nouns.place(word))
        return Named(**{**named, "instead": own}) if own else named

    def _is_named_group(self, mention: Mention) -> bool:
        """Check whether a word for several patterns is what this shop itself says of its items: printed."""
        concepts = [self._lexicon.lexicon.concepts.get(mark) for mark in mention.means]
        groups = bool(concepts) and all(one is not None and one.field == "pattern" and one.members for one in concepts)
        return groups and mention.status == "wanted" and self._nouns.place(mention.token.text) == "name"

    def read(
        self, tokens: Sequence[Token], mentions: Sequence[Mention], plain: frozenset[int]
    ) -> tuple[list[Named], list[Unexpressed]]:
        """Return what the catalogue's own words have of the other words of a wish, and the nouns that they lack."""
        called = self._called(mentions, plain)
        taken = ({mention.at for mention in mentions} - plain) | called.keys()
        named, missing = list(called.values()), list[Unexpressed]()
        garments = {mention.at for mention in mentions if mention.is_garment and mention.status == "wanted"}
        named += self._compounds(tokens, taken)
        soft = self._literal(tokens, mentions, {one["said"] for one in named})
        named += self._measures(tokens, taken)
        counted = {one["said"] for one in named}
        for run in map(_last_noun, self._runs(tokens, taken, plain - called.keys())):
            known = [word for word in run if word.place == "name" or (word.place and _is_thing(word.text))]
            named += [
                self._named(word, tokens) for word in known if not any(one.endswith(f" {word.said}") for one in counted)
            ]
            traits = [word for word in run if word.place is None and is_trait(word.said)]
            missing += [Unexpressed(field=NOUN, concept=word.said, said=word.said, must=False) for word in traits]
            lacking = [word for word in run if word.place is None and self._is_noun(word) and word not in traits]
            if lacking and self._is_wanted(run, tokens, garments):
                missing.append(_missing(lacking, run, tokens, garments))
        return [*named, *(one for one in soft if one["said"] not in {other["said"] for other in named})], missing

    def things(self, tokens: Sequence[Token], mentions: Sequence[Mention], plain: frozenset[int]) -> dict[int, str]:
        """Return the places of the things that a wish is for, each with what stands behind its name there."""
        taken = {mention.at for mention in mentions} - plain
        found = {one.at: one.token.tail for one in mentions if one.is_garment and one.status == "wanted"}
        for run in self._runs(tokens, taken, plain):
            for word, behind in zip(run, [*run[1:], None], strict=True):
                if self._is_called(word.said) and (behind is None or len(word.text) > len(word.said)):
                    found[word.at] = word.text[len(word.said) :] or tokens[word.at].tail
        return {at: tail for at, tail in found.items() if at + 1 not in found or tail}

    def _measures(self, tokens: Sequence[Token], taken: set[int]) -> Iterator[Named]:
        """Return how many of something a thing is to have, where names say it: a two-seater, a tent for two."""
        for at, (token, following) in enumerate(pairwise(tokens)):
            number = _NUMBERS.get(token.text, token.text)
            if not number.isdigit() or at + 1 in taken:
                continue
            of, before = singular(self._bare(following.text)), tokens[at - 1].text if at else ""
            if of in _PEOPLE and before == "for":
                of = _CAPACITY[0]
            if (unit := self._unit(of)) is not None:
                yield Named(said=f"{token.text} {self._bare(following.text)}", words=[f"{number} {unit}"], must=True)
        if len(tokens) > 1:
            yield from self._for_people(tokens)

    def _for_people(self, tokens: Sequence[Token]) -> Iterator[Named]:
        """Return for how many something is to be where only the number is named: a tent for two."""
        for at, (token, following) in enumerate(pairwise(tokens)):
            number = _NUMBERS.get(following.text)
            behind = tokens[at + 2] if at + 2 < len(tokens) else None
            ends = behind is None or bool({"end", "comma"} & behind.roles) or behind.amount is not None
            if token.text == "for" and number and ends and (unit := self._unit(_CAPACITY[0])):
                yield Named(said=f"for {following.text}", words=[f"{number} {unit}"], must=True)

    def _unit(self, of: str) -> str | None:
        """Return the word that names have numbers of, for one of a wish: any word for how many it takes will do."""
        if of in self._nouns.measured:
            return of
        return next((one for one in _CAPACITY if of in _CAPACITY and one in self._nouns.measured), None)

    def _is_called(self, said: str) -> bool:
        return self._nouns.is_head(said) or is_good(said)

    def _named(self, word: _Word, tokens: Sequence[Token]) -> Named:
        """Return what a word asks for; what a thing comes with stands in its description, whatever else is called so."""
        named = self._nouns.named(word.said, word.said.split(), must=self._is_must(word, tokens))
        return Named(**{**named, "called": False}) if word.at and tokens[word.at - 1].text == "with" else named

    def _is_must(self, word: _Word, tokens: Sequence[Token]) -> bool:
        """Check whether an item without a word is no answer; what one does with a thing ranks, unless things are called so."""
        if word.place != "name" or not _DOING.fullmatch(word.said) or self._nouns.is_head(word.said):
            return word.place == "name"
        following = tokens[word.at + 1].text if word.at + 1 < len(tokens) else ""
        return self._nouns.is_head(f"{word.said} {following}")

    def _literal(self, tokens: Sequence[Token], mentions: Sequence[Mention], named: set[str]) -> list[Named]:
        """Return what no column says and names and tags do, word for word: what it means otherwise only ranks as well."""
        return [
            self._open(Named(said=mention.token.text, words=[mention.token.text], must=False))
            for mention in mentions
            if mention.status == "wanted" and mention.means and mention.fields <= _SOFT and mention.token.text not in named
            and self._nouns.place(mention.token.text) == "name" and len(words_of(mention.token.text)) == 1
            and not self._has_column(mention.means)
        ]  # fmt: skip

    def foreign(self, tokens: Sequence[Token], mentions: Sequence[Mention]) -> list[str]:
        """Return what no column has and a catalogue in another language may: one word, or it with the garment behind it."""
        if self._nouns.is_korean:
            return []
        there = {mention.at: mention for mention in mentions if mention.status == "wanted" and mention.means}
        unknown = [one for one in there.values() if not one.token.text.isascii() and not self._has_column(one.means)]
        found = []
        for one in unknown:
            behind = there.get(one.at + 1)
            if behind is not None and behind.is_garment:
                found.append(f"{one.token.text} {tokens[behind.at].text}")
            elif one.fields <= _SOFT and " " not in one.token.text:
                found.append(one.token.text)
        return found

    def _compounds(self, tokens: Sequence[Token], taken: set[int]) -> Iterator[Named]:
        """Return the first words of what items are called, where a field takes them for the weather or the like: rain jacket."""
        for at, (token, following) in enumerate(pairwise(tokens)):
            sense = token.sense
            if at not in taken or sense is None or following.sense is None or self._has_column(sense.means):
                continue
            if self._nouns.is_head(f"{token.text} {following.text}"):
                yield self._open(Named(said=token.text, words=[token.text], must=True))

    def _has_column(self, marks: Marks) -> bool:
        columns = self._lexicon.vocabulary["values"]
        return any(kind in columns and self._lexicon.values(kind, name) for kind, name in marks)

    def _runs(self, tokens: Sequence[Token], taken: set[int], plain: frozenset[int]) -> Iterator[list[_Word]]:
        """Return the unknown words that stand side by side, each with where the catalogue has it."""
        words = [
            at for at, token in enumerate(tokens)
            if at in plain or (token.is_word and at not in taken and any(map(str.isalpha, token.text))
                               and not _is_verb(at, tokens))
        ]  # fmt: skip
        for _, group in groupby(enumerate(words), lambda pair: pair[1] - pair[0]):
            yield [self._word(at, tokens[at].text) for _, at in group]

    def _word(self, at: int, text: str) -> _Word:
        said = self._bare(text)
        places = [self._nouns.place(part) for part in said.split()]
        return _Word(at, said, text, places[0] if len(set(places)) == 1 else None)

    def _bare(self, text: str) -> str:
        """Return a word without particles: as long as the catalogue has it, else its nouns."""
        if text.isascii():
            return text
        cuts = [text, *(text[:cut] for cut in range(len(text) - 1, 0, -1) if self._particles.fullmatch(text, cut))]
        if (known := next((cut for cut in cuts if self._nouns.place(cut)), None)) is not None:
            return known
        end = max((text.find(noun) + len(noun) for noun in korean_nouns(text) if noun in text), default=len(text))
        if _MADE_VERB.match(text, end):
            return text[:end]
        return next((cut for cut in reversed(cuts) if len(cut) >= end), text)

    def _is_noun(self, word: _Word) -> bool:
        return len(word.said) > 1 and bool(tokenize(word.said) if word.said.isascii() else korean_nouns(word.said))

    def _is_wanted(self, run: Sequence[_Word], tokens: Sequence[Token], garments: set[int]) -> bool:
        """Check whether words stand where a thing does that is wanted, or right before one."""
        first, last = run[0], run[-1]
        before = _before(tokens, first.at)
        after = tokens[last.at + 1] if last.at + 1 < len(tokens) else None
        if last.at + 1 in garments:
            return not last.text.isascii()  # in English what stands there is most often an adjective
        if last.text.isascii():
            ends = after is None or not (after.is_word or after.sense)  # before what is known stands what it does or is
            return ends and before not in _ABOUT
        tail = last.text[len(last.said) :]
        if _NOT_WANTED.match(tail) and not (_CHOSEN.fullmatch(tail) and _closes(after)):
            return False
        ends = (
            after is None
            or bool(after.roles & {"end", "comma", "light"})
            or bool(after.amount)
            or after.sense is not None
        )
        return ends or bool(after and _ASKED_OF.search(after.text))


def _last_noun(run: list[_Word]) -> list[_Word]:
    """Return the words behind the last particle that no noun goes on after: of 현관에 둘 신발장, what stands in the hall."""
    cut = max((place + 1 for place, word in enumerate(run[:-1])
               if not word.text.isascii() and _NOT_WANTED.fullmatch(word.text[len(word.said) :])
               and not _JOINED.fullmatch(word.text[len(word.said) :])), default=0)  # fmt: skip
    return [word for word in run[:cut] if word.place == "name"] + run[cut:]


def _is_thing(text: str) -> bool:
    """Check whether a word may be a thing that descriptions speak of: a Korean verb, or when and where it is worn, is none."""
    if text.isascii():
        return True
    end = max((text.find(noun) + len(noun) for noun in korean_nouns(text) if noun in text), default=0)
    return bool(end) and not _NOT_WANTED.match(text[end:])


def _is_verb(at: int, tokens: Sequence[Token]) -> bool:
    """Check whether an unknown English word stands where a verb does: behind its subject, or first, with an object behind it."""
    before = tokens[at - 1].text if at else ""
    behind = tokens[at + 1].text if at + 1 < len(tokens) else ""
    orders = before in {"", "and", "then", "please"} and behind in {*_ARTICLES, "me", "us", "together"}
    return tokens[at].text.isascii() and (before in _VERB_BEHIND or orders)


def _closes(after: Token | None) -> bool:
    return after is None or bool(after.roles & {"end", "fillers"})


def _before(tokens: Sequence[Token], at: int) -> str:
    """Return the word before a phrase, articles and unknown words passed over: "for" of "for walking the dog"."""
    while at and (tokens[at - 1].text in _ARTICLES or tokens[at - 1].is_word):
        at -= 1
    return tokens[at - 1].text if at else ""


def _missing(
    lacking: Sequence[_Word], run: Sequence[_Word], tokens: Sequence[Token], garments: set[int]
) -> Unexpressed:
    """Return the words of a run that are missing; they are looked for with what stands between them, and the garment behind."""
    first, last = lacking[0].at, lacking[-1].at
    words = [word.said for word in run if first <= word.at <= last]
    whole = [*words, tokens[last + 1].text] if last + 1 in garments else words
    return Unexpressed(field=NOUN, concept=" ".join(whole), said=" ".join(words), must=False)
