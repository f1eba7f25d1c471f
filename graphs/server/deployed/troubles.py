"""Why a document did not get into the index, as kinds that a front-end says in its own words.

A report's reasons and remedies are for whoever runs the server, in English. A kind is for whoever sent the document.
"""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["locked", "scanned", "large", "slow", "empty", "format", "address", "refused", "unreadable"]

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("locked", r"encrypted|with a password"),
    ("scanned", r"scanned"),
    ("large", r"larger than|of memory|ended the process|unpacks to far more"),
    ("slow", r"took longer|within [\d.]+ s\b"),
    ("refused", r"robots|answered (?:401|403|429|451|503)|asks not to be indexed"),
    (
        "address",
        r"user name or password in it|public internet|answered \d{3}|could not be fetched|is not a URL|https? address|redirects",
    ),
    ("empty", r"\bempty\b|no text|no timed text|no entries|nothing to index"),
    ("format", r"binary|not valid UTF-8|is no |is not a |needs |not installed|unknown|old \.doc|archive in an archive"),
)


def kind_of(reason: str) -> Kind:
    """Return what kind of trouble a reason names; `unreadable` where it is none of the others."""
    return next((kind for kind, pattern in _KINDS if re.search(pattern, reason)), "unreadable")
