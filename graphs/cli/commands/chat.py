"""`stylegraph chat`: a conversation in the terminal."""

from __future__ import annotations

import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from threading import Event as Flag
from typing import TYPE_CHECKING

from stylegraph.graphs.cli.ui.command import described
from stylegraph.graphs.cli.ui.options import EffortOption, IndexName, Thread, User, check_index, pictures

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

    from stylegraph.agent.events import Event
    from stylegraph.agent.reply import Reply
    from stylegraph.graphs.api import CompiledAssistant, Options
    from stylegraph.graphs.cli.ui.screen import Screen

EXAMPLES = (
    "stylegraph chat",
    "stylegraph chat --thread autumn  # go on tomorrow where you stopped",
    "stylegraph chat --json < questions.txt  # one question a line; every event of a turn as JSON",
)
_WELCOME = (
    "무엇이든 물어보세요. Ask anything, in Korean or English.",
    "/image FILE adds a picture to the next question. Ctrl-C stops an answer, Ctrl-D ends the conversation.",
)
_PROMPT = "› "
_GOODBYE_SECONDS = 5
_STOPPED = "멈췄어요. Stopped."


def chat(
    screen: Screen,
    *,
    index: IndexName = None,
    thread: Thread = None,
    user: User = "local",
    effort: EffortOption = None,
) -> None:
    """Talk with the assistant: it streams a draft, then shows the checked answer with its sources and items."""
    from anyio.from_thread import start_blocking_portal

    from stylegraph.graphs.api import Options
    from stylegraph.graphs.build import open_assistant

    options = Options(thread=thread or uuid.uuid4().hex, user=user, effort=effort, index=index)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(open_assistant()) as assistant:
        portal.call(check_index, index)
        Conversation(screen, portal, assistant, options).run()


class Conversation:
    """Turn after turn. The person types here; the turn runs in the portal's thread, so that Ctrl-C can stop it."""

    def __init__(self, screen: Screen, portal: BlockingPortal, assistant: CompiledAssistant, options: Options) -> None:
        self._screen = screen
        self._portal = portal
        self._assistant = assistant
        self._options = options
        self._images: list[str] = []
        self._over = Flag()

    def run(self) -> None:
        """Answer until the input ends."""
        if sys.stdin.isatty() and not self._screen.json:
            for line in _WELCOME:
                self._screen.say(line, "dim")
        for text in self._typed():
            if text.startswith("/image"):
                path = text.removeprefix("/image").strip()
                self._images = [*self._images, path] if path else []
            elif text.strip():
                self._answer(text)

    def _typed(self) -> Iterator[str]:
        """Return what the person types, line by line, until Ctrl-D; Ctrl-C clears the line."""
        asking = sys.stdin.isatty()
        if asking:
            _edit_lines()
        while True:
            try:
                yield input(_PROMPT if asking and not self._screen.json else "")
            except EOFError:
                return
            except KeyboardInterrupt:
                if not asking:
                    raise
                self._screen.say("")
            except UnicodeDecodeError as error:
                self._screen.fail("InputError", f"The line is not valid UTF-8 (byte {error.start}).", "Type it again.")

    def _answer(self, text: str) -> None:
        """Run one turn; an error ends the turn and not the conversation."""
        self._over.clear()
        future = self._portal.start_task_soon(self._turn, text)
        try:
            future.result()
        except KeyboardInterrupt:
            future.cancel()
            self._over.wait(_GOODBYE_SECONDS)
            self._screen.tell(_STOPPED)
        except Exception as error:
            if self._screen.debug:
                self._screen.err.print_exception()
            self._screen.fail(*described(error))
        self._images = []

    async def _turn(self, text: str) -> None:
        from stylegraph.graphs.api import stream

        options: Options = {**self._options, "image": pictures(self._images)}
        try:
            events = stream(self._assistant, text, **options)
            if self._screen.json:
                async for event in events:
                    self._screen.record(event)
            else:
                self._show(await self._followed(text, events))
        finally:
            self._over.set()

    async def _followed(self, text: str, events: AsyncIterator[Event]) -> Reply:
        """Follow a turn on the terminal; what is shown meanwhile gives way to the reply."""
        from stylegraph.agent.text.language import detect_language
        from stylegraph.graphs.cli.ui.live_turn import Turn, watched

        turn = Turn(detect_language(text))
        with watched(turn, self._screen.out):
            async for event in events:
                turn.take(event)
        self._screen.say(turn.headline, "dim cyan")
        return turn.ended()

    def _show(self, reply: Reply) -> None:
        from stylegraph.graphs.cli.ui.reply import show_reply

        show_reply(self._screen, reply)
        self._screen.say("")


def _edit_lines() -> None:
    """Let `input` edit lines and recall earlier ones, where the system has what it takes."""
    try:
        import readline  # noqa: F401
    except ImportError:
        return
