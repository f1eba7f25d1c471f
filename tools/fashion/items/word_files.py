"""What `words/outfits.yaml` says about pieces that are worn together, and `words/character.yaml` about descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from stylegraph.agent.text.resources import read_yaml


@cache
def pairing_words() -> Mapping[str, Any]:
    """Read the file, once per process."""
    loaded: Mapping[str, Any] = read_yaml("stylegraph.tools.fashion", "words/outfits.yaml")
    return loaded


@cache
def character_words() -> Mapping[str, Any]:
    """Read the file of descriptions and requests, once per process."""
    loaded: Mapping[str, Any] = read_yaml("stylegraph.tools.fashion", "words/character.yaml")
    return loaded
