"""The regular expressions of `patterns.yaml`, by name."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from stylegraph.agent.text.resources import read_yaml


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Return the pattern of a name, compiled once; without regard to case.

    Raises:
        KeyError: There is no such pattern.
    """
    return re.compile("|".join(f"(?:{part})" for part in _read()[name]), re.IGNORECASE)


def tells(name: str, text: str) -> bool:
    """Check whether the pattern of a name is anywhere in a text."""
    return pattern(name).search(text) is not None


@cache
def _read() -> dict[str, list[str]]:
    data: Any = read_yaml(__package__, "patterns.yaml")
    return dict(data)
