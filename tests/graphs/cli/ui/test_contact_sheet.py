"""A contact sheet in a terminal."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from rich.cells import cell_len
from rich.console import Console

from stylegraph.agent.reply import Recommendation
from stylegraph.graphs.cli.ui.contact_sheet import show_sheet


@pytest.fixture
def items(tmp_path):
    Image.new("RGB", (80, 100), "red").save(tmp_path / "red.png")
    names = ("네이비 스트라이프 오버핏 린넨 셔츠", "Shirt", "Broken", "None")
    images = (str(tmp_path / "red.png"), str(tmp_path / "red.png"), __file__, None)
    return [
        Recommendation(id=name, name=name, reasons=[], image=image) for name, image in zip(names, images, strict=True)
    ]


@pytest.fixture
def terminal(monkeypatch):
    def of(width=80, term="xterm-256color"):
        for name in ("TERM_PROGRAM", "TMUX", "NO_COLOR", "COLORTERM"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("TERM", term)
        return Console(file=io.StringIO(), force_terminal=True, width=width)

    return of


def lines(console):
    return re.sub(r"\x1b\[[0-9;]*m", "", console.file.getvalue()).splitlines()


def test_photos_stand_side_by_side_over_their_numbers(terminal, items):
    console = terminal(width=80)
    show_sheet(console, items)
    shown = lines(console)
    assert re.match(r"1\. 네이비 .*…\s+2\. Shirt\s+3\. Broken\s+4\. None", shown[-1])
    assert all(cell_len(line) <= 80 for line in shown)
    assert any(line.count("▀" * 18) == 2 for line in shown)


def test_in_a_narrow_terminal_there_are_more_rows(terminal, items):
    console = terminal(width=40)
    show_sheet(console, items)
    assert [line[:2] for line in lines(console) if re.match(r"\d\.", line)] == ["1.", "3."]


def test_labels_take_the_place_of_numbers(terminal, items):
    console = terminal()
    show_sheet(console, items[:2], ["상의", "신발"])
    assert lines(console)[-1].split() == ["상의", "신발"]


def test_where_pictures_are_spoken_a_row_is_one_picture(terminal, items):
    console = terminal(term="xterm-kitty")
    show_sheet(console, items)
    assert console.file.getvalue().count("a=T,f=100") == 1
    assert "c=78" in console.file.getvalue()


def test_where_there_is_nothing_to_show_nothing_is_shown(terminal, items):
    for console, some in ((Console(file=io.StringIO()), items), (terminal(), items[2:]), (terminal(), [])):
        show_sheet(console, some)
        assert console.file.getvalue() == ""


def test_a_name_cant_drive_the_terminal(terminal, items):
    console = terminal()
    show_sheet(console, [items[1].model_copy(update={"name": "\x1b[2Jx\x07"})])
    assert "\x1b[2J" not in console.file.getvalue()
