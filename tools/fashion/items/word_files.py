"""What `words/outfits.yaml` says about pieces that are worn together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def pairing_words() -> Mapping[str, Any]:
    """Read the file, once per process."""
    text = (files("stylegraph.tools.fashion") / "words" / "outfits.yaml").read_text("utf-8")
    loaded: Mapping[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return loaded
