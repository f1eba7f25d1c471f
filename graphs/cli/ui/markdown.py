"""An answer's Markdown on a terminal."""

from __future__ import annotations

from markdown_it import MarkdownIt
from rich.markdown import Markdown
from rich.text import Text

from stylegraph.graphs.cli.ui.screen import Screen, plain


def show_markdown(screen: Screen, text: str) -> None:
    """Write an answer: rendered on a terminal, as it is in a pipe."""
    if screen.out.is_terminal:
        screen.show(rendered(text))
    else:
        screen.show(Text(plain(text)))


def rendered(text: str) -> Markdown:
    """Return Markdown as rich renders it: lines end where the answer ends them, HTML is text, and links say where they lead."""
    shown = Markdown(plain(text), hyperlinks=False, code_theme="ansi_dark")
    shown.parsed = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"]).parse(plain(text))
    for token in shown.parsed:
        for child in token.children or ():
            if child.type == "softbreak":
                child.type = "hardbreak"
    return shown
