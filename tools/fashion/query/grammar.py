"""What the words around a thing make of it: wanted, ruled out, insisted on, or only mentioned."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.lexer import Token
from stylegraph.tools.fashion.query.mentions import Mention, Sentence, Status
from stylegraph.tools.fashion.query.unknown import take_unknown

_JOINING_TAIL = re.compile(r"(?:이나|나|이랑|랑|하고|하구|와|과|도|든지|든|이며|며)$")
_OR_TAIL = re.compile(r"(?:이나|나|든지|든|이든|이든지)$")
_OR = frozenset({"or", "또는", "혹은", "아니면", "이나"})
_WITH_TAIL = re.compile(r"(?:에|에다|에도|에는|에다가|이랑|랑|와|과|하고)$")
_TOPIC_TAIL = re.compile(r"(?:은|는|도|을|를)$")
_REASON = re.compile(r"(?:^|[가-힣])(?:니까|니|서|라서)$")
_MUST_TAIL = re.compile(r"(?:만|만요|여야|이어야|이여야|여야만|이어야만)$")
_TRAITS = frozenset({"colours", "pattern", "material", "sleeve", "styles", "moods", "details"})
"""Fields whose words describe the garment that follows: ruling out "red shirts" rules out red."""
_OF_ONE_PIECE = frozenset({"colours", "pattern", "material", "sleeve", "details"})
_ALONE = frozenset({"interview", "office", "exercise", "home"})
"""Occasions to which nobody comes along."""
_PLACES = frozenset({"위에", "안에", "밑에"})
_ANYTHING = "아무거나"


def read_mentions(
    tokens: Sequence[Token], lexicon: BoundLexicon, is_name: Callable[[str], bool] = lambda word: False
) -> list[Mention]:
    """Find what a wish names, in order, each with its status.

    Args:
        tokens: Of the wish.
        lexicon: The words of the catalogue.
        is_name: Whether items of the catalogue are called by a word that nothing else is known of.
    """
    sentence = Sentence(tokens, lexicon)
    sentence.mentions = {
        index: Mention(index, token, token.sense.means, token.sense.prefers)
        for index, token in enumerate(tokens)
        if token.sense is not None
    }
    _resolve_conditions(sentence)
    take_unknown(sentence, is_name)
    for rule in (_settle_compounds, _exclude, _leave_open, _insist, _soften, _set_alongside, _leave_companions):
        rule(sentence)
    return list(sentence.mentions.values())


def parts(mentions: Sequence[Mention], tokens: Sequence[Token]) -> list[list[Mention]]:
    """Return the garments of a wish for several, each with the words that describe it alone; else nothing."""
    garments = [mention for mention in mentions if mention.is_garment and mention.status == "wanted"]
    if len(garments) < 2:
        return []
    owned: dict[int, list[Mention]] = {garment.at: [garment] for garment in garments}
    for mention in mentions:
        owner = _owner(mention, garments, tokens)
        if owner is not None:
            owned[owner.at].append(mention)
    if _are_choices(garments, tokens) and all(len(group) == 1 for group in list(owned.values())[1:]):
        return []  # "a beige cardigan or sweater": either in beige
    return list(owned.values()) if any(len(group) > 1 for group in owned.values()) else []


def _are_choices(garments: Sequence[Mention], tokens: Sequence[Token]) -> bool:
    """Check whether any of the garments will do: 가디건이나 니트, a cardigan or sweater."""
    return all(
        bool(_OR_TAIL.search(one.token.tail)) or any(tokens[at].text in _OR for at in range(one.at, following.at))
        for one, following in pairwise(garments)
    )


def _owner(mention: Mention, garments: Sequence[Mention], tokens: Sequence[Token]) -> Mention | None:
    """Return the garment that a trait belongs to: the one right behind it, or the one before it in the same clause."""
    if mention.is_garment or mention.status != "wanted" or not mention.fields & _OF_ONE_PIECE:
        return None
    behind = next((garment for garment in garments if garment.at > mention.at), None)
    if behind is not None and not any(_divides(tokens, at, behind.at) for at in range(mention.at, behind.at)):
        return behind
    before = [garment for garment in garments if garment.at < mention.at]
    if before and not any({"end", "comma"} & tokens[at].roles for at in range(before[-1].at, mention.at)):
        return before[-1]
    return None


def _divides(tokens: Sequence[Token], at: int, garment: int) -> bool:
    """Check whether a token stands between one garment and the next: a sign, or an "and" right before the garment."""
    roles = tokens[at].roles
    return bool({"end", "comma"} & roles) or ("join" in roles and at + 1 == garment)


def _resolve_conditions(sentence: Sentence) -> None:
    said = {mark for mention in sentence.mentions.values() for mark in mention.means}
    for mention in sentence.mentions.values():
        sense = mention.token.sense
        if sense is not None and sense.when:
            mention.means = sense.means if said & set(sense.when) else sense.otherwise
        if sense is not None and not any(other.is_garment for other in sentence.mentions.values()):
            mention.means += sense.alone


def _settle_compounds(sentence: Sentence) -> None:
    """Let the last of adjacent garment words name the garment: a knit cardigan is a cardigan."""
    for index, mention in list(sentence.mentions.items()):
        following = sentence.mentions.get(index + 1)
        if following is None or _joins(mention.token):
            continue
        if mention.is_garment and following.is_garment and _describes(mention, following, sentence.lexicon):
            sense = mention.token.sense
            kept = tuple(mark for mark in mention.means if mark[0] != "category")
            mention.means = kept + (sense.modifier if sense else ())
        elif following.fields == {"colours"} and not mention.means and mention.prefers:
            mention.status = "dropped"  # "light" before a colour is a shade, not a weight
        elif _is_group_of(following, mention, sentence.lexicon):
            following.status = "dropped"  # "checked pattern" is checked, not any pattern


def _describes(mention: Mention, following: Mention, lexicon: BoundLexicon) -> bool:
    sense = mention.token.sense
    if sense is not None and sense.modifier:
        return True
    slots = [_slots(mention, lexicon), _slots(following, lexicon)]
    return bool(slots[0] & slots[1]) or slots[1] == {"dress"} or not slots[0]


def _slots(mention: Mention, lexicon: BoundLexicon) -> set[str]:
    values = (value for kind, name in mention.means if kind == "category" for value in lexicon.values(kind, name))
    return {slot for value in values if (slot := lexicon.slot(value))}


def _is_group_of(group: Mention, member: Mention, lexicon: BoundLexicon) -> bool:
    if len(group.means) != 1 or member.is_garment:
        return False
    kind, name = group.means[0]
    concept = lexicon.lexicon.concepts.get((kind, name))
    return concept is not None and any(kind == field and value in concept.members for field, value in member.means)


def _exclude(sentence: Sentence) -> None:
    for index in sentence.with_role("not_after"):
        _rule_out(sentence, list(_group_left(sentence, index)))
    for index in sentence.with_role("not_after_en"):
        if index - 1 in sentence.mentions:
            _rule_out(sentence, list(_group_left(sentence, index)))
    for index in sentence.with_role("not_en"):
        _rule_out(sentence, list(_group_right(sentence, index)))
    for index in sentence.with_role("not_before"):
        if index + 1 in sentence.mentions:
            _rule_out(sentence, [sentence.mentions[index + 1]])
    for mention in sentence.mentions.values():
        if mention.token.negated:
            _rule_out(sentence, [mention])


def _rule_out(sentence: Sentence, group: Sequence[Mention]) -> None:
    """Exclude what a negation reaches.

    In "red shirts" it is the red that is meant, unless another garment is wanted as well; then the shirts are, and
    the red only if it is not wanted of the other.
    """
    others = [one for one in sentence.mentions.values() if one.status == "wanted" and one not in group]
    elsewhere = {mark for one in others for mark in one.means}
    garments = {mark for one in others if one.is_garment for mark in one.means if mark[0] == "category"}
    for mention in sorted(group, key=lambda one: one.is_garment):
        trait = _trait_before(sentence, mention) if mention.is_garment else None
        if trait is None or trait not in group:
            mention.status = "excluded"
        elif garments and not garments & set(mention.means):
            mention.status = "excluded"
            trait.status = "dropped" if set(trait.means) & elsewhere else "excluded"


def _trait_before(sentence: Sentence, garment: Mention) -> Mention | None:
    before = sentence.mentions.get(garment.at - 1)
    if before is None or before.is_garment or _joins(before.token) or not before.fields & _TRAITS:
        return None
    return before


def _group_left(sentence: Sentence, index: int) -> Iterator[Mention]:
    """Return the list of things that ends before a negation: 빨간색이나 검은색은 빼고."""
    at = sentence.beyond(index, -1)
    mention = sentence.mentions.get(at)
    if mention is None or _gives_reason(mention.token):
        mention = _topic(sentence, at)
    if mention is None or _is_passed(sentence, mention.at, index):
        return
    yield mention
    if mention.is_garment and (trait := _trait_before(sentence, mention)) is not None:
        yield trait
        mention = trait
    while (previous := _joined_left(sentence, mention)) is not None:
        yield previous
        mention = previous


def _topic(sentence: Sentence, index: int) -> Mention | None:
    """Return what a Korean clause is about when a reason stands between it and the negation: 긴팔은 더우니까 빼고."""
    for at in range(index, max(-1, index - 4), -1):
        mention, token = sentence.mentions.get(at), sentence.tokens[at]
        if mention is not None and _TOPIC_TAIL.search(token.tail):
            return mention
        if mention is not None and not _gives_reason(token):
            return None
        if mention is not None:
            mention.status = "dropped"
    return None


def _gives_reason(token: Token) -> bool:
    return bool(_REASON.search(token.tail or token.text))


def _is_passed(sentence: Sentence, at: int, index: int) -> bool:
    """Check whether a sign or a new clause stands between a thing and the negation behind it."""
    return any({"end", "comma", "clause"} & sentence.tokens[between].roles for between in range(at + 1, index))


def _joined_left(sentence: Sentence, mention: Mention) -> Mention | None:
    at = mention.at - 1
    if sentence.role(at, "join"):
        return sentence.mentions.get(sentence.beyond(at, -1))
    if sentence.role(at, "comma"):
        other = sentence.mentions.get(at - 1)
        return other if other and other.fields & mention.fields else None
    before = sentence.mentions.get(sentence.beyond(mention.at, -1))
    if before is None:
        return None
    joined = _joins(before.token) or _joins(sentence.tokens[mention.at - 1])
    same = before.at == at and not before.token.tail and before.fields == mention.fields
    return before if joined or same else None


def _joins(token: Token) -> bool:
    return bool(_JOINING_TAIL.search(token.tail))


def _group_right(sentence: Sentence, index: int) -> Iterator[Mention]:
    """Return the list of things that a negation opens: no leather, suede or fur."""
    at = sentence.beyond(index, 1)
    while (mention := sentence.mentions.get(at)) is not None:
        yield mention
        if not mention.is_garment and (garment := sentence.mentions.get(at + 1)) is not None and garment.is_garment:
            yield garment
            at = garment.at
        following = _joined_right(sentence, at, mention)
        if following is None:
            return
        at = following


def _joined_right(sentence: Sentence, at: int, mention: Mention) -> int | None:
    if sentence.role(at + 1, "join") and not sentence.role(at + 1, "clause"):
        following = sentence.beyond(at + 1, 1)
        if sentence.role(following, "not_en"):
            return None
        return following if following in sentence.mentions else None
    if sentence.role(at + 1, "comma"):
        after_comma = at + 2 if not sentence.role(at + 2, "join") else at + 3
        following = sentence.beyond(after_comma - 1, 1)
        other = sentence.mentions.get(following)
        if other is None or not other.fields & mention.fields:
            return None
        return following if _closes(sentence, following) else None
    return None


def _closes(sentence: Sentence, at: int) -> bool:
    """Check whether a list may end or go on behind a thing, as it does not in "no black, white shirts"."""
    after = sentence.beyond(at, 1)
    return after >= len(sentence.tokens) or bool({"end", "comma", "join", "clause"} & sentence.tokens[after].roles)


def _leave_open(sentence: Sentence) -> None:
    for index in sentence.with_role("any_after"):
        for mention in _group_left(sentence, index):
            if sentence.tokens[index].text != _ANYTHING or "audience" not in mention.fields:
                mention.status = "dropped"  # 여자 옷 아무거나: any clothes, and still a woman's
    for index in sentence.with_role("any_before"):
        for mention in _chain(sentence, index):
            mention.status = "dropped"


def _insist(sentence: Sentence) -> None:
    for mention in sentence.mentions.values():
        mention.must |= bool(_MUST_TAIL.search(mention.token.tail))
    for index in sentence.with_role("must_before"):
        chain = list(_chain(sentence, index))
        if not chain and sentence.role(index, "must_after"):
            chain = list(_group_left(sentence, index))
        for mention in chain:
            mention.must = True
    for index in sentence.with_role("must_after"):
        if not sentence.role(index, "must_before"):
            for mention in _group_left(sentence, index):
                mention.must = True


def _soften(sentence: Sentence) -> None:
    softened: list[Mention] = []
    for index in sentence.with_role("nice_before"):
        chain = list(_chain(sentence, index))
        softened += chain or (list(_group_left(sentence, index)) if sentence.role(index, "nice_after") else [])
    for index in sentence.with_role("nice_after"):
        if not sentence.role(index, "nice_before"):
            softened += _group_left(sentence, index)
    for mention in softened:
        if mention.status == "wanted" and not mention.must and not mention.is_garment:
            mention.status = "nice"


def _chain(sentence: Sentence, index: int) -> Iterator[Mention]:
    """Return the things that follow a word without a break: "must be linen and blue"."""
    at = sentence.beyond(index, 1)
    while (mention := sentence.mentions.get(at)) is not None:
        yield mention
        at += 1
        while sentence.role(at, "join") or (sentence.role(at, "light") and at not in sentence.mentions):
            at += 1


def _set_alongside(sentence: Sentence) -> None:
    for index in sentence.with_role("with_after"):
        garment = sentence.mentions.get(index - 1)
        if garment is not None and garment.is_garment and _leans_on(sentence, garment, index):
            _mark(_with_traits(sentence, garment), "alongside")
    for index in sentence.with_role("with_before"):
        _mark(list(_noun_phrase(sentence, index)), "alongside")


def _leans_on(sentence: Sentence, garment: Mention, index: int) -> bool:
    placed = any(sentence.tokens[index].text.replace(" ", "").startswith(place) for place in _PLACES)
    return placed or bool(_WITH_TAIL.search(garment.token.tail))


def _with_traits(sentence: Sentence, garment: Mention) -> list[Mention]:
    group, at = [garment], garment.at - 1
    while (trait := sentence.mentions.get(at)) is not None and trait.fields & _OF_ONE_PIECE and not trait.is_garment:
        group.append(trait)
        at -= 1
    return group


def _noun_phrase(sentence: Sentence, index: int) -> Iterator[Mention]:
    """Return what is named right after a word, up to its garment; without a garment only what describes one."""
    at, named = sentence.beyond(index, 1), list[Mention]()
    while (mention := sentence.mentions.get(at)) is not None:
        named.append(mention)
        if mention.is_garment:
            return iter(named)
        at += 1
    return (mention for mention in named if mention.fields & _OF_ONE_PIECE)


def _mark(mentions: Iterable[Mention], status: Status) -> None:
    for mention in mentions:
        if mention.status in {"wanted", "nice"}:
            mention.status = status


def _leave_companions(sentence: Sentence) -> None:
    """Drop people who come along, or whose event it is: they are not the ones who wear it, unless it is a gift."""
    is_gift = any("gift" in token.roles for token in sentence.tokens)
    for index, mention in sentence.mentions.items():
        if "relatives" not in mention.token.roles or "audience" not in mention.fields:
            continue
        after = _event(sentence, index)
        beside = _joins(mention.token) and not mention.token.tail.endswith(("도", "나"))
        if after is not None and is_gift:
            after.status = "dropped"
        elif beside or sentence.role(index - 1, "beside_before") or (after and mention.token.tail in {"", "의", "'s"}):
            mention.status = "dropped"


def _event(sentence: Sentence, index: int) -> Mention | None:
    """Return the occasion that somebody's name stands before, at most a word between them: 딸 유치원 졸업식.

    To an interview or to work one goes alone, so what is named before it is who wears it.
    """
    known = (
        index + 1 in sentence.mentions or index + 1 >= len(sentence.tokens) or not sentence.tokens[index + 1].is_word
    )
    after = sentence.mentions.get(index + 1 if known else index + 2)
    is_event = after is not None and "occasions" in after.fields and not after.token.text.endswith(("룩", "복"))
    return after if after is not None and is_event and not _ALONE & {name for _, name in after.means} else None
