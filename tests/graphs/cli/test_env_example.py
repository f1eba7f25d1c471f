"""`.env.example` names every setting with its default and what it is for. Write it anew by running this file."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

from pydantic_core import PydanticUndefined

from stylegraph.agent.settings import SECTIONS, Settings

FILE = Path(__file__).parents[3] / ".env.example"
HEAD = """\
# Every setting of stylegraph, with its default. Copy this file to .env, and take the # off what you set otherwise.
# Nothing has to be set: without a key and without a server everything works here, on this machine.
"""


def shown(default: object) -> str:
    if default is None or default is PydanticUndefined:
        return ""
    return json.dumps(default) if isinstance(default, bool | list | int | float) else str(default)


def variable(name: str) -> str:
    choices = getattr(Settings.model_fields[name].validation_alias, "choices", None)
    return str(choices[0]) if choices else f"STYLEGRAPH_{name.upper()}"


def told(name: str) -> str:
    field = Settings.model_fields[name]
    text = textwrap.fill(field.description or "", 118, initial_indent="# ", subsequent_indent="# ")
    return f"{text}\n# {variable(name)}={shown(field.default)}\n"


def expected() -> str:
    parts = [HEAD]
    for section in SECTIONS:
        own = [name for name in Settings.model_fields if name in section.__annotations__]
        parts += [f"## {section.__doc__}\n", *map(told, own)]
    return "\n".join(parts)


def test_the_example_names_every_setting_as_the_code_has_it():
    assert FILE.read_text(encoding="utf-8") == expected(), f"run: python {Path(__file__).name}"


def test_the_example_can_be_used_as_it_is_and_with_every_line_taken_in(tmp_path):
    lines = FILE.read_text(encoding="utf-8").splitlines()
    taken = [line.removeprefix("# ") for line in lines if line.startswith("# STYLEGRAPH_") and not line.endswith("=")]
    (tmp_path / ".env").write_text("\n".join(taken), encoding="utf-8")
    assert Settings(_env_file=FILE) == Settings(_env_file=tmp_path / ".env") == Settings(_env_file=None)


if __name__ == "__main__":
    FILE.write_text(expected(), encoding="utf-8")
