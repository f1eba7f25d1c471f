"""What is told of files that came in a message: that they were not read, and the very steps after which they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stylegraph.tools.files_sent import unread

PAGE = Path(__file__).parents[2] / "graphs" / "server" / "page"


def button(language):
    """Return what the page's button for documents is called."""
    (name,) = re.findall(
        r'^  documents: "(.+)",$', (PAGE / "words" / f"{language}.js").read_text("utf-8"), re.MULTILINE
    )
    return name


@pytest.mark.parametrize(("language", "command"), [("ko", "stylegraph index 파일"), ("en", "stylegraph index FILE")])
def test_an_unread_file_is_told_by_its_name_with_the_command_and_the_button_that_index_it(language, command):
    note = unread(["report.pdf", "plan.docx"], language)
    assert note["code"] == "file_not_read"
    assert "report.pdf, plan.docx" in note["text"]
    assert command in note["text"]
    assert f"“{button(language)}”" in note["text"]
