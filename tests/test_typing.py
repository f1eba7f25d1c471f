"""Type checkers see what users see: real types, and mistakes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

TYPED = Path(__file__).parent / "typed"
BIN = Path(sys.executable).parent
MISTAKES = {17, 19, 21, 23}
"""Lines of `wrong.py`."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of the user's, without any configuration of ours."""
    folder = tmp_path_factory.mktemp("typed")
    for name in ("user.py", "wrong.py"):
        shutil.copy(TYPED / name, folder)
    langgraphs = {"reportMissingTypeStubs": False, "reportUnknownMemberType": False, "reportDeprecated": False}
    strict = {"typeCheckingMode": "strict", "pythonVersion": "3.11", **langgraphs}
    (folder / "pyrightconfig.json").write_text(json.dumps(strict))
    return folder


def run(*command, folder):
    return subprocess.run(
        [str(one) for one in command], cwd=folder, capture_output=True, text=True, timeout=280, check=False
    )


def mypy(name, folder):
    return run(BIN / "mypy", "--strict", "--no-error-summary", "--hide-error-context", name, folder=folder)


def pyright(name, folder):
    ended = run(BIN / "basedpyright", "--pythonpath", sys.executable, "--outputjson", name, folder=folder)
    if not ended.stdout.lstrip().startswith("{"):
        pytest.skip(f"pyright can't run here: {ended.stderr[-200:]}")
    found = json.loads(ended.stdout)["generalDiagnostics"]
    return [(one["range"]["start"]["line"] + 1, one["message"]) for one in found if one["severity"] == "error"]


def test_mypy_takes_a_users_file_strictly(folder):
    ended = mypy("user.py", folder)
    assert ended.stdout == ""
    assert ended.returncode == 0, ended.stderr


def test_mypy_finds_a_users_mistakes(folder):
    lines = {int(line.split(":")[1]) for line in mypy("wrong.py", folder).stdout.splitlines() if ": error:" in line}
    assert lines == MISTAKES


def test_pyright_takes_a_users_file_strictly(folder):
    assert pyright("user.py", folder) == []


def test_pyright_finds_a_users_mistakes(folder):
    assert {line for line, _ in pyright("wrong.py", folder)} >= MISTAKES
