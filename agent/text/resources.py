"""The data files that stand beside the modules that read them."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C loader is ten times as fast."""


def read_yaml(package: str, name: str) -> Any:  # noqa: ANN401 - the reader knows what it reads
    """Return the content of one YAML file of `package`."""
    return parse_yaml(read_text(package, name))


def parse_yaml(text: str) -> Any:  # noqa: ANN401 - the reader knows what it reads
    """Return the content of YAML text."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader either way


def read_text(package: str, name: str) -> str:
    """Return one file of `package` as text."""
    return (files(package) / name).read_text(encoding="utf-8")
