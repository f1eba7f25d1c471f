"""The data files of this folder."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C loader is ten times as fast."""


def read_yaml(name: str) -> Any:  # noqa: ANN401 - the reader knows what it reads
    """Read one YAML file of this folder."""
    return yaml.load(read_text(name), Loader=_LOADER)  # noqa: S506 - a safe loader either way


def read_text(name: str) -> str:
    """Read one file of this folder as text."""
    return (files(__package__) / name).read_text(encoding="utf-8")
