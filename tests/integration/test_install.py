"""Installed as a wheel into an empty environment, it answers from any folder, also beside a user's own `tools/`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

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
    stain = run(command, "ask", "흰 셔츠에 묻은 커피 얼룩 어떻게 지워?", "--json", cwd=tmp_path, env=environment)
    assert json.loads(stain)["citations"]


def test_the_default_install_is_small(command):
    """Most of it is Kiwi's model of Korean (105 MiB) and its code (40), numpy (59) and the sentence encoder (32)."""
    python = command.with_name("python")
    packages = json.loads(run(UV, "pip", "list", "--python", python, "--format", "json"))
    assert len(packages) <= 60
    files = [path for path in (command.parents[1] / "lib").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert sum(path.stat().st_size for path in files) < 350e6


def test_a_file_whose_format_needs_an_extra_says_which_one(command, tmp_path):
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("STYLEGRAPH_", "PYTHON"))}
    ended = subprocess.run(
        [command, "index", "add", "report.pdf"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "pip install 'stylegraph[documents]'" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_the_public_api_is_in_the_wheel(command):
    script = "import stylegraph, sys; print(stylegraph.open_assistant.__module__, stylegraph.__version__)"
    assert run(command.with_name("python"), "-c", script).startswith("stylegraph ")
