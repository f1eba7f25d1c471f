"""JSON pointers (RFC 6901), and templates that are filled by them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MISSING: Any = object()
"""What a pointer gives that leads nowhere: null is a value."""

_FIELD = re.compile(r"\{([^{}\n]+)\}")


def at(value: Any, pointer: str) -> Any:  # noqa: ANN401
    """Return what a pointer leads to, or `MISSING`. An empty pointer is the whole; the first slash may be left out."""
    if not pointer:
        return value
    for part in pointer.removeprefix("/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return MISSING
    return value


def step(pointer: str, part: str | int) -> str:
    """Return the pointer to one part of what a pointer leads to."""
    base = f"/{pointer.removeprefix('/')}" if pointer else ""
    return f"{base}/{str(part).replace('~', '~0').replace('/', '~1')}"


def filled(template: str, value: Any) -> str:  # noqa: ANN401
    """Fill a template such as `{/name}: {/address/city}`; what is missing or null leaves nothing behind."""
    return _FIELD.sub(lambda found: _shown(at(value, found[1])), template)


def _shown(value: Any) -> str:  # noqa: ANN401
    if value is MISSING or value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(_shown, value)) if isinstance(value, list) else str(value)
