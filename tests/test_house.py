"""How the house is kept: docstrings say what is returned, and no module goes by a name that only this project knew."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("agent", "tools", "graphs", "evals", "tests", "typings/stylegraph")
RETIRED = {
    *("telling", "bearing", "leaning", "lines", "head", "dressing"),
    *("shelf", "keeping", "waking", "tape", "staging"),
}
QUAINT = re.compile(r"\s*(give|say|tell|put|deal)s?\b", re.IGNORECASE)


def modules():
    """Return the Python files; the links in `typings` lead to the same ones and are left out."""
    found = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return [path for path in found if path == path.resolve()]


def docstrings(path):
    """Return line and text of all that stands as a bare string: docstrings, those of attributes included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value


def test_no_docstring_begins_with_give_say_tell_put_or_deal():
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text.strip().splitlines()[0]}"
        for path in modules()
        for line, text in docstrings(path)
        if QUAINT.match(text)
    ]
    assert not found, "Begin with what is returned or done (Return ..., Check whether ...):\n" + "\n".join(found)


def test_no_module_has_a_retired_name():
    names = {path.relative_to(ROOT) for path in modules()}
    found = sorted(str(path) for path in names if {path.stem, path.parent.name} & RETIRED)
    assert not found, f"The field has a word for it: {found}"
