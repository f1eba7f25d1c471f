"""Which field each column of a shop's file is: by what shops call them, or as the user says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NotRequired

import yaml
from typing_extensions import TypedDict

from stylegraph.agent.errors import InputError
from stylegraph.tools.fashion.items.items import FIELDS
from stylegraph.tools.fashion.query.currency import CALLED, WON, is_currency
from stylegraph.tools.fashion.query.lexicon import normalise

_SIGNS = re.compile(r"[^0-9a-z가-힣]+")
_BRACKETS = re.compile(r"[(\[（<{].*?[)\]）>}]")
_OWN_NAME = re.compile(r"[\w가-힣][\w가-힣 .-]{0,39}")
_REMEMBERED = 1_000


class Column(TypedDict):
    """One column as it was understood."""

    column: str
    field: str
    """The field that it fills; its own name for a column of the shop's own; empty when it is left out."""
    how: Literal["name", "given", "own", "cells"]
    """Understood by its name, told by the user, kept as a column of the shop's own, or known by what stands in it."""
    after: NotRequired[str]
    """The column that fills the same field better: this one counts where that is empty."""


class Columns:
    """Maps the columns of one file.

    Args:
        given: Column -> field, as the user says; an empty field leaves the column out.
        currency: What prices are in (ISO 4217) where neither they nor their column say it; None: won.
        required: Whether each column that the user names has to be there.

    Raises:
        InputError: A field can't be a name, or a currency is not known.
    """

    def __init__(
        self, given: Mapping[str, str] | None = None, currency: str | None = None, *, required: bool = True
    ) -> None:
        if currency is not None and not is_currency(currency):
            raise InputError(
                f"{currency!r} is no currency that is known here.", f"There are: {', '.join([WON, *CALLED])}."
            )
        self.currency = currency
        self._given = {plain_name(column): field.strip() for column, field in (given or {}).items()}
        self._shown = {plain_name(column): column for column in given or {} if required}
        for column, field in (given or {}).items():
            if field.strip() and not _OWN_NAME.fullmatch(field.strip()):
                raise InputError(f"{column}={field}: {field!r} is no field.", f"The fields are {', '.join(FIELDS)}.")
        self._learned: dict[str, str] = {}
        self._told: dict[str, Column] = {}
        self._places: dict[str, tuple[str, int]] = {}

    def fields(self, row: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
        """Return field, column and cell of all that is filled in a row; of two columns for one field the more telling."""
        chosen: dict[str, tuple[int, str]] = {}
        filled = [(column, cell) for column, cell in row.items() if not _is_empty(cell)]
        for column, _ in filled:
            field, rank = self._place(column)
            if field and (field not in chosen or rank < chosen[field][0]):
                chosen[field] = rank, column
        for column, cell in filled:
            field, _ = self._place(column)
            if field and chosen[field][1] == column:
                yield field, column, cell
            elif field:
                self._told[column]["after"] = chosen[field][1]
                yield own_name(column), column, cell

    @property
    def told(self) -> list[Column]:
        """How each column was understood, in the order that they came."""
        return list(self._told.values())

    def absent(self, columns: Sequence[str]) -> list[str]:
        """Return the columns that the user named and that are not among these."""
        there = {plain_name(column) for column in columns}
        return [shown for plain, shown in self._shown.items() if plain not in there]

    known = frozenset(FIELDS) | {"size", "brand", "availability"}
    """The fields that names of columns stand for; all else is a column of the shop's own."""

    def field_of(self, column: str) -> str:
        """Return what a column is; what nobody asked for yet is not told of."""
        return self._learned.get(column) or self._found(column)[0]

    def learn(self, column: str, field: str) -> None:
        """Take a column for what its cells show, unless the user said what it is; an empty field: the shop's own."""
        if plain_name(column) not in self._given:
            self._learned[column] = field or own_name(column)

    def _place(self, column: str) -> tuple[str, int]:
        """Return a column's field and how telling its name is, the smallest first."""
        if column not in self._places:
            if len(self._places) >= _REMEMBERED:
                return own_name(column), 0
            self._places[column] = place = self._found(column)
            self._told[column] = Column(column=column, field=place[0], how=self._how(column, place[0]))
        return self._places[column]

    def _how(self, column: str, field: str) -> Literal["name", "given", "own", "cells"]:
        if plain_name(column) in self._given:
            return "given"
        if field == own_name(column):
            return "own"
        return "cells" if column in self._learned else "name"

    def _found(self, column: str) -> tuple[str, int]:
        plain = plain_name(column)
        if plain in self._given:
            return self._given[plain], -1
        if column in self._learned:
            return self._learned[column], 0
        names = known_names()
        for worse, spelling in enumerate(_spellings(column)):
            if spelling in names:
                field, rank = names[spelling]
                return field, 20 * rank + worse  # what it says counts more than how it is written
        return own_name(column), 0


def plain_name(column: str) -> str:
    """Return a column's name without case, spaces and signs."""
    return _SIGNS.sub("", normalise(column))


def own_name(column: str) -> str:
    """Return the field's name of a column of the shop's own."""
    name = re.sub(r"[\s\-]+", "_", column.strip().lower())[:40].strip("_")
    return f"own_{name}" if name in FIELDS or name == "inferred" else name


@cache
def known_names() -> Mapping[str, tuple[str, int]]:
    """Return plain name -> field and how telling it is."""
    names: dict[str, tuple[str, int]] = {}
    for field, spellings in _words()["fields"].items():
        for rank, spelling in enumerate([field, *spellings]):
            names.setdefault(plain_name(spelling), (field, rank))
    return names


@cache
def shop_values() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return field -> spelling -> what it stands for, for what shops write and wishes don't say."""
    return {
        field: {plain_name(spelling): tuple(stands) for stands, spellings in table.items() for spelling in spellings}
        for field, table in _words()["values"].items()
    }


def _spellings(column: str) -> Iterator[str]:
    """Return a column's name, then with less and less around it."""
    yield plain_name(column)
    bare = plain_name(_BRACKETS.sub(" ", column))
    yield bare
    words = _words()
    prefixes = (bare.removeprefix(plain_name(prefix)) for prefix in words["prefixes"] if bare.startswith(prefix))
    shorter = [rest for rest in prefixes if rest]
    yield from shorter
    for name in (bare, *shorter):
        yield from (
            name.removesuffix(suffix) for suffix in words["suffixes"] if name.endswith(suffix) and name != suffix
        )


@cache
def _words() -> dict[str, Any]:
    text = (files("stylegraph.tools.fashion") / "words" / "columns.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    return loaded


class _Loader(yaml.SafeLoader):
    """YAML whose keys may be lists."""


def _tuple(loader: yaml.SafeLoader, node: yaml.SequenceNode) -> tuple[Any, ...]:
    return tuple(loader.construct_sequence(node, deep=True))


_Loader.add_constructor("tag:yaml.org,2002:seq", _tuple)


def _is_empty(cell: object) -> bool:
    return cell in (None, []) or (isinstance(cell, str) and cell.strip().lower() in _NOTHING)


_NOTHING = frozenset({"", "-", "--", "n/a", "na", "nan", "null", "없음", "미상", "해당없음", "?", "."})
