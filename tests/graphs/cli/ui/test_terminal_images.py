"""Pictures in a terminal."""

from __future__ import annotations

import base64
import io
import re

import pytest
from PIL import Image
from rich.cells import cell_len
from rich.console import Console

from stylegraph.graphs.cli.ui.terminal_images import half_blocks, show_picture, spoken


@pytest.fixture
def photo(tmp_path):
    picture = Image.new("RGB", (40, 60), "red")
    picture.paste("blue", (0, 30, 40, 60))
    path = tmp_path / "photo.webp"
    picture.save(path, lossless=True)
    return path


@pytest.fixture
def terminal(monkeypatch):
    def of(**environment):
        for name in ("TERM_PROGRAM", "TMUX", "NO_COLOR", "COLORTERM", "TERM"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"TERM": "xterm-256color", **environment}.items():
            monkeypatch.setenv(name, value)
        return Console(file=io.StringIO(), force_terminal=True, width=80)

    return of


@pytest.mark.parametrize(
    ("environment", "protocol"),
    [
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"TERM": "xterm-ghostty"}, "kitty"),
        ({"TERM_PROGRAM": "iTerm.app"}, "iterm2"),
        ({"TERM_PROGRAM": "WezTerm"}, "iterm2"),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux", "COLORTERM": "truecolor"}, "blocks"),
        ({}, "blocks"),
        ({"NO_COLOR": "1"}, None),
        ({"TERM": "dumb"}, None),
        ({"TERM": "xterm"}, None),
    ],
)
def test_the_terminal_says_in_its_environment_how_it_shows_pictures(terminal, environment, protocol):
    assert spoken(terminal(**environment)) == protocol


def test_in_a_pipe_there_is_no_picture(photo):
    console = Console(file=io.StringIO())
    show_picture(console, photo)
    assert console.file.getvalue() == ""


def test_half_blocks_carry_two_pixels_a_cell(photo):
    drawn = half_blocks(Image.open(photo).convert("RGB"), 8)
    lines = drawn.plain.splitlines()
    assert [cell_len(line) for line in lines] == [8] * 6
    first, last = drawn.spans[0].style, drawn.spans[-1].style
    assert (first.color.triplet.hex, last.bgcolor.triplet.hex) == ("#ff0000", "#0000ff")


def test_kitty_is_sent_a_png_in_pieces(terminal, photo):
    console = terminal(TERM="xterm-kitty")
    show_picture(console, photo)
    sent = console.file.getvalue()
    pieces = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", sent)
    assert pieces[0][0].startswith("a=T,f=100")
    assert [piece[0][-3:] for piece in pieces] == ["m=1"] * (len(pieces) - 1) + ["m=0"]
    picture = Image.open(io.BytesIO(base64.b64decode("".join(data for _, data in pieces))))
    assert (picture.format, picture.size) == ("PNG", (40, 60))


def test_iterm2_is_sent_a_png(terminal, photo):
    console = terminal(TERM_PROGRAM="iTerm.app")
    show_picture(console, photo)
    encoded = re.search(r"\x1b]1337;File=inline=1[^:]*:([^\a]*)\a", console.file.getvalue())[1]
    assert Image.open(io.BytesIO(base64.b64decode(encoded))).size == (40, 60)


@pytest.mark.parametrize("content", [None, b"", b"RIFF not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 50])
def test_what_is_no_picture_shows_nothing(terminal, tmp_path, content):
    path = tmp_path / "broken.png"
    if content is not None:
        path.write_bytes(content)
    console = terminal()
    show_picture(console, path)
    assert console.file.getvalue() == ""


def test_a_picture_that_would_fill_the_memory_is_not_opened(terminal, tmp_path):
    path = tmp_path / "bomb.png"
    Image.new("1", (10_000, 5_000)).save(path)
    console = terminal()
    show_picture(console, path)
    assert console.file.getvalue() == ""
