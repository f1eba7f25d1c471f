"""Where things lie on this machine: what users of a server are not told."""

from __future__ import annotations

import os
import re
from pathlib import PurePath

_PART = r"[^\s/'\"`<>|,;:()\[\]]"
_PATH = re.compile(rf"(?<![\w/:.])/(?:{_PART}+/)+({_PART}*)")


def without_places(text: str) -> str:
    """Name files in a message as they are called, not by where they lie."""
    home = os.environ.get("STYLEGRAPH_HOME", "")
    return _PATH.sub(r"\1", text.replace(f"{home}/", "") if PurePath(home).is_absolute() else text)
