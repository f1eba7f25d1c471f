"""Lists in settings, as people write them."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_settings import NoDecode


def _names(given: object) -> object:
    """Read a list as people write it, separated by commas, or as JSON."""
    if not isinstance(given, str):
        return given
    if given.lstrip().startswith("["):
        try:
            return json.loads(given)
        except ValueError:
            raise ValueError('it is no list; write it plainly, such as a,b, or as JSON: ["a", "b"]') from None
    return [name for part in given.split(",") if (name := part.strip())]


Names = Annotated[list[str], NoDecode, BeforeValidator(_names)]
"""Several names, separated by commas."""
