"""Installed as a wheel into an empty environment, it answers from any folder, also beside a user's own `tools/`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")


def run(*command: object, **options: object) -> str:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=300, check=False, **options
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(UV, "build", "--wheel", "--out-dir", folder, ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def command(wheel, tmp_path_factory):
    """The `stylegraph` of an environment that holds the wheel and what it asks for, nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    run(UV, "venv", "--python", sys.executable, folder)
    run(UV, "pip", "install", "--python", folder / "bin" / "python", wheel)
    return folder / "bin" / "stylegraph"


def test_the_wheel_holds_the_packages_their_data_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"stylegraph"}
    assert any(name.endswith("catalogue.jsonl") for name in names)
    assert any(name.endswith("examples.npz") for name in names)
    assert wheel.stat().st_size < 60e6


def test_it_answers_in_a_folder_with_tools_and_agent_of_the_users_own(command, tmp_path):
    for own in ("tools", "agent", "graphs"):
        (tmp_path / own).mkdir()
        (tmp_path / own / "__init__.py").write_text("raise RuntimeError('a package of the user')\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("STYLEGRAPH_", "PYTHON"))}
    wish = "여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘"
    printed = run(command, "ask", wish, "--json", cwd=tmp_path, env=environment)
    reply = json.loads(printed)
    assert reply["status"] == "answered"
    assert len(reply["recommendations"]) >= 3
    assert all(Path(item["image"]).is_file() for item in reply["recommendations"])
    contest = run(command, "ask", "ALL-in 코딩 공모전 수상작들을 요약해줘", "--json", cwd=tmp_path, env=environment)
    assert json.loads(contest)["citations"]
