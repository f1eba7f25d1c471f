"""Where a command writes: what was asked for on standard output, everything else on standard error."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderableType
from rich.text import Text

if TYPE_CHECKING:
    from stylegraph.graphs.cli.ui.progress import Bar, Unit

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
"""Characters that JSON may hold and at which some readers end a line."""


def plain(text: str) -> str:
    """Return text without control characters: a page that was indexed must not drive the terminal."""
    return _CONTROL.sub("", text)


class Screen:
    """The two streams of one command.

    Args:
        json: Standard output holds one JSON object a line and nothing else; errors are JSON objects too.
        debug: Errors come with their traceback.
    """

    def __init__(self, json: bool = False, debug: bool = False) -> None:
        self.json = json
        self.debug = debug
        self.out = Console(highlight=False, markup=False, emoji=False)
        self.err = Console(highlight=False, markup=False, emoji=False, stderr=True)

    def record(self, record: Mapping[str, Any]) -> None:
        """Write one JSON object as a line of standard output."""
        print(json_line(record, sys.stdout.encoding), flush=True)  # noqa: T201 - this is where it is printed

    def say(self, text: str, style: str = "") -> None:
        """Write text on standard output; wrapped at words on a terminal, as it is in a pipe."""
        self.show(Text(plain(text), style))

    def verbatim(self, text: str) -> None:
        """Write text that a program reads on standard output: neither wrapped nor styled, tabs as they are."""
        print(text, flush=True)  # noqa: T201

    def show(self, renderable: RenderableType) -> None:
        """Write anything that rich can render on standard output."""
        self.out.print(renderable, soft_wrap=isinstance(renderable, Text) and not self.out.is_terminal)

    def tell(self, text: str, style: str = "dim") -> None:
        """Write a remark on standard error."""
        self.err.print(Text(plain(text), style), soft_wrap=True)

    def fail(self, kind: str, message: str, remedy: str = "", **where: object) -> None:
        """Write an error on standard error: red for people, an object for programs.

        Args:
            kind: The error's class.
            message: What happened.
            remedy: What to do about it.
            where: Where it happened, such as `line=7`, for programs; people read it in the message.
        """
        if self.json:
            error = {"type": kind, "message": message, "remedy": remedy}
            print(json_line({**where, "error": error}, sys.stderr.encoding), file=sys.stderr, flush=True)  # noqa: T201
            return
        self.err.print(Text(plain(message), "bold red"), soft_wrap=True)
        if remedy:
            self.err.print(Text(plain(remedy), "red"), soft_wrap=True)

    @contextmanager
    def bar(self, doing: str, total: float | None = None, unit: Unit = "lines") -> Iterator[Bar]:
        """Show a bar with rate and time left on standard error while something long runs; nothing in a pipe."""
        from stylegraph.graphs.cli.ui.progress import bar

        shown = self.err.is_terminal and not self.json
        with bar(self.err, plain(doing), total, unit, shown) as moved:
            yield moved


def json_line(record: Mapping[str, Any], encoding: str | None = "utf-8") -> str:
    """Return one line of JSON, without its end; escaped to ASCII where the encoding can't carry every character.

    Raises:
        ValueError: There is a number in it that JSON lacks.
    """
    unicode = (encoding or "").lower().replace("-", "") in ("utf8", "utf8sig")
    line = json.dumps(record, ensure_ascii=not unicode, allow_nan=False)
    return _LINE_ENDS.sub(lambda end: f"\\u{ord(end[0]):04x}", line)
