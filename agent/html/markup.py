"""HTML that is put together so that text can't become markup: whatever is not `Html` is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of writing round."""


class Html(str):
    """A piece of HTML. Made by `tag` and `joined` only; any other text is escaped where it is put in."""

    __slots__ = ()


Part = str | None
"""Text, `Html`, or nothing."""


def text(value: str) -> Html:
    """Return text as HTML."""
    return value if isinstance(value, Html) else Html(html.escape(_UNSEEN.sub("", value), quote=True))


def joined(parts: Iterable[Part]) -> Html:
    """Concatenate pieces."""
    return Html("".join(text(part) for part in parts if part is not None))


def tag(name: str, /, *parts: Part, **attributes: str | None) -> Html:
    """Return an element.

    Args:
        name: Its name.
        parts: What is in it; nothing for an element that is always empty, such as `img`.
        attributes: Without those that are None. `class_` is `class`, and a further `_` is a `-`.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in {"img", "meta", "br"}:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{joined(parts)}</{name}>")


def link(label: Part, address: str | None, **attributes: str | None) -> Html:
    """Return a link, or, for anything that is no web address, its label alone."""
    if not address or not address.lower().startswith(("http://", "https://")):
        return joined([label])
    return tag("a", label, href=address, rel="noopener noreferrer", **attributes)
