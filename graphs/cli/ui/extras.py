"""Which of stylegraph's extras brings a package that is not installed."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires

_OF_EXTRA = re.compile(r"""([\w.-]+).*extra\s*==\s*["']([\w-]+)["']""")


def extra_of(module: str) -> str | None:
    """Return the extra that brings a module, as the package itself says."""
    wanted = _normal(module.partition(".")[0])
    try:
        required = requires("stylegraph") or []
    except PackageNotFoundError:
        return None
    found = (match for line in required if (match := _OF_EXTRA.match(line)))
    return next((match[2] for match in found if _normal(match[1].partition("[")[0]) == wanted), None)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
