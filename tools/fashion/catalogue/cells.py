"""A row's cells as an item's values."""

from __future__ import annotations

import hashlib
import html
import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from stylegraph.tools.fashion.catalogue.columns import Columns, plain_name, shop_values
from stylegraph.tools.fashion.catalogue.words import concept_of, ends_in_kind, is_group, is_name_of, known_in
from stylegraph.tools.fashion.items.items import (
    DESCRIPTIONS,
    LIST_FIELDS,
    NAMES,
    SINGLE_FIELDS,
    SOLD_OUT,
    Item,
    Problems,
)
from stylegraph.tools.fashion.query.currency import WON, currency_in, written
from stylegraph.tools.fashion.query.lexicon import load_lexicon

LONGEST_CELL = 10_000
_LONGEST_ID = 200
_LONGEST_PRICE = 30
_TEXTS = frozenset({"id", "name", "description", "image", "url", "currency", *NAMES, *DESCRIPTIONS})
_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[a-zA-Z/!][^<>]{0,2000}>", re.DOTALL)
_PARTS = re.compile(r"[|;,/&+·、\n]|\s>\s|>")
_CRUMBS = re.compile(r"\s*(?:>|»|›|\||/|\n)\s*")
_SHARE = re.compile(r"([^\d%,/|;]+?)\s*[:(]?\s*(\d{1,3}(?:\.\d+)?)\s*%|(\d{1,3}(?:\.\d+)?)\s*%\s*([^\d%,/|;)]+)")
_AMOUNT = re.compile(r"(\d[\d,.'\s]*)\s*(만|천)?\s*(?:(\d)\s*천)?")
_YEAR = re.compile(r"^(?:20)?\d{2}[\s-]*|[\s-]*(?:20)?\d{2}$")
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,11})(?:\.\d+)?")
_MADE_ID = 6
_SOLD_OUT = re.compile(
    r"\b(?:out[\s_-]?of[\s_-]?stock|sold[\s_-]?out|discontinued)\b|품절|판매\s?종료|판매\s?중지", re.IGNORECASE
)
_NONE_LEFT = frozenset({"no", "n", "false"})
_BY_SPELLING = "can be asked for by this spelling only."


def read_row(
    line: int, row: Mapping[str, Any], columns: Columns, problems: Problems, *, named: bool = True
) -> Item | None:
    """Make an item of a row; None, with a problem noted, when it has no name.

    Args:
        line: Where it stands.
        row: Column -> cell.
        columns: Which field each column is.
        problems: Takes what can't be used.
        named: Whether it has to have a name; else its id is enough.
    """
    item: Item = {}
    cells = [(field, column, cell) for field, column, cell in columns.fields(row)]
    currency = next((currency_in(str(cell)) for field, _, cell in cells if field == "currency"), None)
    for field, column, cell in cells:
        if field == "price_krw":
            own = currency or currency_in(column) or columns.currency
            item.update(_price(line, cell, own, problems))
        elif field != "currency" and (value := _value(line, field, cell, problems)) not in (None, "", []):
            item[field] = value
    name = item.pop("name", None) or item.get("name_ko") or item.get("name_en")
    if not (name := name or (not named and item.get("id"))):
        problems.add(line, "name", "skipped", "A row needs a name." if named else "A row needs an id or a name.")
        return None
    item["name_ko"], item["name_en"] = item.get("name_ko") or name, item.get("name_en") or name
    description = item.pop("description", "")
    for field in DESCRIPTIONS:
        item[field] = item.get(field) or description
    item["id"] = str(item.get("id") or made_id(item))[:_LONGEST_ID]
    _check_category(line, item, problems)
    return item


def concept_of_cell(field: str, cell: str) -> str | None:
    """Return what a whole cell stands for: women of "Women", of "W" and of "여성용"; None where it is no such word."""
    stands = _shop_value(field, cell)
    return stands[0] if stands else concept_of(field, cell)


def is_priced(cell: str) -> bool:
    """Check whether a cell is an amount of money: it names a currency, and a number."""
    return len(cell) <= _LONGEST_PRICE and currency_in(cell) is not None and _number(cell) is not None


def made_id(item: Item) -> str:
    """Make an id of what tells an item from others, for a file without ids: the same again for the same item."""
    told = [str(item.get(field, "")) for field in ("name_ko", "name_en", "colours", "size", "image", "url")]
    return hashlib.blake2b("\x1f".join(told).encode(), digest_size=_MADE_ID).hexdigest()


def _value(line: int, field: str, cell: object, problems: Problems) -> Any:  # noqa: ANN401 (a cell's value)
    if field == "warmth":
        return _warmth(line, cell, problems)
    if field == "availability":
        return SOLD_OUT if is_gone(cell) else None
    if field in _TEXTS:
        return _text(cell[0] if isinstance(cell, list) and cell else cell)
    if field in SINGLE_FIELDS or field in LIST_FIELDS:
        return _attribute(line, field, cell, problems)
    return _own_value(line, field, cell, problems)


def says_sold_out(text: str) -> bool:
    """Check whether a shop's words say that something can't be bought now, or any more."""
    return bool(_SOLD_OUT.search(text))


def is_gone(cell: object) -> bool:
    """Check whether a cell says that nothing is left: a word for it, or an amount of none."""
    text = _text(cell).lower()
    return says_sold_out(text) or text in _NONE_LEFT or bool(_PLAIN_NUMBER.fullmatch(text) and _number(text) == 0)


def _own_value(line: int, field: str, cell: object, problems: Problems) -> Any:  # noqa: ANN401 (a cell's value)
    """Return the value of a column of the shop's own: a number, a list or text."""
    if isinstance(cell, dict):
        problems.add(line, field, "left_out", f"{field} is an object; a column holds text, a number or a list.")
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell if math.isfinite(cell) else None
    if isinstance(cell, list):
        return [text for one in cell if (text := _text(one))]
    text = str(cell).lower() if isinstance(cell, bool) else _text(cell)
    if field == "size":
        return [size for size in map(str.strip, _PARTS.split(text)) if size]
    return float(text.replace(",", "")) if _PLAIN_NUMBER.fullmatch(text) else text


def _attribute(line: int, field: str, cell: object, problems: Problems) -> str | list[str] | None:
    values = list(dict.fromkeys(_values(field, cell)))
    for value in values:
        if field != "category" and concept_of(field, value) is None and (field, value) != ("sleeve", "none"):
            problems.add(line, field, "own_value", f"{value!r} {_BY_SPELLING}")
    if field in LIST_FIELDS:
        return values
    return values[0] if values else None


def _check_category(line: int, item: Item, problems: Problems) -> None:
    """Report a kind that is not known, unless the name says what the garment is."""
    value = item.get("category")
    if not value or concept_of("category", value) is not None or is_group(value):
        return
    if not any(known_in("category", item[name]) for name in NAMES):
        problems.add(line, "category", "own_value", f"{value!r} {_BY_SPELLING}")


def _values(field: str, cell: object) -> Iterator[str]:
    for one in cell if isinstance(cell, list) else [cell]:
        text = _text(one)
        if text and (field == "sleeve" or text.lower() != "none"):
            yield from _understood(field, text)


@lru_cache(maxsize=20_000)
def _understood(field: str, text: str) -> tuple[str, ...]:
    """Return the values that a cell holds: the shop's own words where they are known, else what they mean."""
    if stands := _shop_value(field, text):
        return stands
    if is_name_of(field, text):
        return (text,)
    if field == "material" and (main := _main_material(text)):
        return (main,)
    if field == "category":
        return (_last_known(text),)
    parts = [part for part in map(str.strip, _PARTS.split(text)) if part]
    return tuple(dict.fromkeys(value for part in parts for value in _part(field, part)))


def _part(field: str, part: str) -> tuple[str, ...]:
    if concept_of(field, part) is not None:
        return (part,)
    return _shop_value(field, part) or known_in(field, part) or (part,)


def _shop_value(field: str, text: str) -> tuple[str, ...]:
    table = shop_values().get(field, {})
    plain = plain_name(text)
    return tuple(table.get(plain) or table.get(plain_name(_YEAR.sub("", text.strip()))) or ())


def _main_material(text: str) -> str | None:
    """Return the material that most of a garment is made of: 면 of "면 60%, 폴리에스터 40%"."""
    shares = [(float(m[2] or m[3]), (m[1] or m[4]).strip(" :()-")) for m in _SHARE.finditer(text)]
    for _, name in sorted(shares, key=lambda share: -share[0]):
        for word in (name, *reversed(name.split())):
            if is_name_of("material", word):
                return str(word)
        if known := known_in("material", name):
            return known[0]
    return None


def _last_known(text: str) -> str:
    """Return the narrowest step of a path of categories that is known: Shirts of "Apparel > Tops > Shirts"."""
    steps = [step for step in _CRUMBS.split(text) if step]
    for step in reversed(steps):
        if concept_of("category", step) is not None:
            return step
        if (known := known_in("category", step)) and ends_in_kind(step):
            return known[-1]
    return steps[-1] if steps else text


def _price(line: int, cell: object, own: str | None, problems: Problems) -> Item:
    """Read a price; in another currency than won, it is kept as the shop writes it beside what it is on the common scale."""
    text = _text(cell)
    said = currency_in(text, own)
    currency = said or own or WON
    number = _number(cell)
    if number is None or not 0 <= number < 1e12:
        problems.add(line, "price_krw", "left_out", f"{text[:80]!r} is not a price.")
        return {}
    if currency == WON:
        return {"price_krw": int(number) if number.is_integer() else number}
    shown = text if said else written(number, currency, "en")
    scaled = round(number * load_lexicon().rates.get(currency, 1.0), 2)
    return {"price_krw": scaled, "price_shown": shown[:40], "currency": currency}


def _number(cell: object) -> float | None:
    """Read the first number of a cell: 39000, 39,000원, 3만 9천원, $1,299.50, 39.000,50; of a range, its low end."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell) if math.isfinite(cell) else None
    match = _AMOUNT.search(str(cell))
    if match is None:
        return None
    digits = _plain_number(match[1])
    if digits is None:
        return None
    big = {"만": 10_000, "천": 1_000}.get(match[2] or "", 1)
    return digits * big + (int(match[3]) * 1_000 if match[3] and match[2] == "만" else 0)


def _plain_number(digits: str) -> float | None:
    """Read digits with separators, of which the last is a decimal point only if one or two digits follow it."""
    clean = re.sub(r"[\s']", "", digits).rstrip(",.")
    whole, separator, rest = clean, "", ""
    if match := re.fullmatch(r"(.*)([.,])(\d{1,2})", clean):
        whole, separator, rest = match.groups()
    try:
        return float(re.sub(r"[.,]", "", whole) + ("." + rest if separator else ""))
    except ValueError:
        return None


def _warmth(line: int, cell: object, problems: Problems) -> float | None:
    number = _number(cell)
    if number is None or not 1 <= number <= 5:
        problems.add(line, "warmth", "left_out", f"{str(cell)[:80]!r} is not a number from 1 to 5.")
        return None
    return int(number) if number.is_integer() else number


def _text(value: object) -> str:
    clean = str(value).encode("utf-8", "replace").decode().replace("\x00", " ")
    if "<" in clean:
        clean = _TAG.sub(" ", clean)
    if "&" in clean:
        clean = html.unescape(clean)
    return " ".join(clean.split())[:LONGEST_CELL]
