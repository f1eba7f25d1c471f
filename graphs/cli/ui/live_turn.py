"""A turn while it runs: where the question goes, what each source is doing, and the draft as it comes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from stylegraph.agent.errors import StylegraphError
from stylegraph.agent.events import Event
from stylegraph.agent.reply import Reply
from stylegraph.agent.text.language import Language
from stylegraph.graphs.cli.ui.screen import plain
from stylegraph.graphs.progress import revising, route_name

_READING = {"ko": "질문을 읽는 중", "en": "Reading the question"}
_WRITING = {"ko": "답을 쓰는 중", "en": "Writing the answer"}
_CHECKING = {"ko": "답을 확인하는 중", "en": "Checking the answer"}
_SECONDS = {"ko": "{seconds}초", "en": "{seconds} s"}
_LONG = 3
"""Seconds after which it is said how long the wait has been."""
_LOOKING = {"ko": "찾는 중", "en": "looking"}
_FOUND = {"ko": "{count}건", "en": "{count} found"}
_DRAFT = {"ko": "초안 (아직 확인 중이에요)", "en": "Draft (still being checked)"}


@dataclass
class Turn:
    """What is known of a running turn; renders itself as a few lines that change."""

    language: Language
    routes: list[str] = field(default_factory=list)
    found: dict[str, int | None] = field(default_factory=dict)
    """Route -> how many pieces of evidence; None while its source looks."""
    revising: str = ""
    draft: str = ""
    shows_draft: bool = True
    reply: Reply | None = None
    begun: float = field(default_factory=time.monotonic)
    _spinner: Spinner = field(default_factory=lambda: Spinner("dots"))

    def take(self, event: Event) -> None:
        """Take in one event."""
        if event["event"] == "looking_up":
            self.routes = event["routes"]
        elif event["event"] == "looking":
            self.found[event["route"]] = None
        elif event["event"] == "evidence":
            self.found[event["route"]] = len(event["evidence"])
        elif event["event"] == "draft":
            self.draft += event["text"]
        elif event["event"] == "revising":
            self.revising, self.draft = revising(event["action"], self.language), ""
        elif event["event"] == "reply":
            self.reply = Reply.model_validate(event["reply"])

    def ended(self) -> Reply:
        """Return the reply.

        Raises:
            StylegraphError: The turn gave none.
        """
        if self.reply is None:
            raise StylegraphError("The turn ended without a reply.", "This is a defect of a node: please report it.")
        return self.reply

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Return the lines: what is waited for, and as much of the draft's end as fits."""
        self._spinner.update(text=Text(self.waiting, "cyan"))
        parts: list[Text | Spinner] = [self._spinner]
        if self.shows_draft and self.draft:
            parts.append(Text(_DRAFT[self.language], "yellow"))
            lines = Text(plain(self.draft), "dim").wrap(console, options.max_width)
            parts += list(lines[-max(3, console.height - 6) :])
        yield Group(*parts)

    @property
    def headline(self) -> str:
        """Where it was looked, and what was found there, in one line."""
        sources = [f"{plain(route_name(route, self.language))}{self._state(route)}" for route in self.routes]
        return "  ".join(filter(None, [" · ".join(sources), self.revising]))

    @property
    def waiting(self) -> str:
        """What is waited for, in one line; for how long, once that is long."""
        seconds = int(time.monotonic() - self.begun)
        told = _SECONDS[self.language].format(seconds=seconds) if seconds >= _LONG else ""
        return "  ".join(filter(None, [self.headline, self._step, told]))

    @property
    def _step(self) -> str:
        """What is done where no source looks."""
        if not self.routes:
            return _READING[self.language]
        if None in self.found.values():
            return ""
        return (_CHECKING if self.draft else _WRITING)[self.language]

    def _state(self, route: str) -> str:
        if route not in self.found:
            return ""
        count = self.found[route]
        said = _LOOKING[self.language] if count is None else _FOUND[self.language].format(count=count)
        return f" ({said})"


@contextmanager
def watched(turn: Turn, console: Console, shown: bool = True) -> Iterator[None]:
    """Show a turn on a terminal while it runs, and take it away when it has ended; in a pipe, nothing."""
    with Live(turn, console=console, transient=True) if shown and console.is_terminal else nullcontext():
        yield
