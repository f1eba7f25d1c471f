"""What `words/outfits.yaml` says about pieces that are worn together, and `words/character.yaml` about descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from stylegraph.agent.text.resources import read_yaml


def pairing_words() -> Mapping[str, Any]:
    """Return the file of pieces that are worn together."""
    return _words("outfits")


def character_words() -> Mapping[str, Any]:
    """Return the file of descriptions and requests."""
    return _words("character")


@cache
def _words(name: str) -> Mapping[str, Any]:
    """Read a file, once per process."""
    loaded: Mapping[str, Any] = read_yaml("stylegraph.tools.fashion", f"words/{name}.yaml")
    return loaded
