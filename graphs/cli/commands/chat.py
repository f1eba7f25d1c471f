"""`stylegraph chat`: a conversation in the terminal."""

from __future__ import annotations

import re
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from threading import Event as Flag
from typing import TYPE_CHECKING, NamedTuple, cast

from stylegraph.agent.errors import InputError
from stylegraph.graphs.cli.ui.command import described
from stylegraph.graphs.cli.ui.options import EffortOption, IndexName, Thread, User, check_index, pictures

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal
    from langchain_core.messages import AnyMessage
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver

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
    "/help 명령 보기 · lists the commands. Ctrl-C stops an answer, Ctrl-D ends the conversation.",
)
_HELP = (
    ("/image FILE", "다음 질문에 사진을 붙여요", "adds a picture to the next question; alone, takes all away"),
    ("/edit [QUESTION]", "마지막 질문을 고쳐 물어요", "asks the last question in other words, in its place"),
    ("/retry", "마지막 질문에 다시 답해요", "answers the last question again"),
    ("/sources", "마지막 답이 인용한 문장을 보여요", "shows what the last answer cites, word for word"),
    ("/export FILE", "대화를 .md나 .json 파일로 저장해요", "writes the conversation into a new .md or .json file"),
    ("/help", "이 목록을 보여요", "shows this list"),
)
_COMMAND = re.compile(r"/([a-z]+)(?:\s+(.*))?", re.DOTALL)
_PROMPT = "› "
_GOODBYE_SECONDS = 5
_STOPPED = "멈췄어요. Stopped."
_NOTHING_YET = "아직 묻거나 답한 것이 없어요. Nothing has been asked yet."
_WRITTEN = "{file}에 저장했어요. Written to {file}."


class Asked(NamedTuple):
    """A question, and the pictures that it is about."""

    text: str
    images: list[str]


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
        self._last: Asked | None = None
        self._reply: Reply | None = None
        self._over = Flag()
        self._commands: Mapping[str, Callable[[str], None]] = {
            "image": self._add_image,
            "edit": self._edit,
            "retry": lambda _: self._edit(""),
            "sources": lambda _: self._show_sources(),
            "export": self._export,
            "help": lambda _: self._help(),
        }

    def run(self) -> None:
        """Answer until the input ends."""
        if self._asking and not self._screen.json:
            for line in _WELCOME:
                self._screen.say(line, "dim")
        for text in self._typed():
            command = _COMMAND.fullmatch(text.strip())
            if command:
                self._obey(command[1], (command[2] or "").strip())
            elif text.strip():
                self._ask(Asked(text, self._images))
                self._images = []

    @property
    def _asking(self) -> bool:
        return sys.stdin.isatty()

    def _typed(self) -> Iterator[str]:
        """Return what the person types, line by line, until Ctrl-D; Ctrl-C clears the line."""
        if self._asking:
            _edit_lines()
        while True:
            try:
                yield input(_PROMPT if self._asking and not self._screen.json else "")
            except EOFError:
                return
            except KeyboardInterrupt:
                if not self._asking:
                    raise
                self._screen.say("")
            except UnicodeDecodeError as error:
                self._screen.fail("InputError", f"The line is not valid UTF-8 (byte {error.start}).", "Type it again.")

    def _obey(self, name: str, rest: str) -> None:
        """Carry out a command; what can't be is said, and ends nothing."""
        try:
            if name not in self._commands:
                raise InputError(f"There is no command /{name}.", "/help lists those that there are.")
            self._commands[name](rest)
        except Exception as error:
            self._tell(error)

    def _add_image(self, path: str) -> None:
        self._images = [*self._images, path] if path else []

    def _help(self) -> None:
        for typed, korean, english in _HELP:
            self._screen.say(f"{typed:18}{korean}. {english}.", "dim")

    def _edit(self, text: str) -> None:
        """Ask the last question again, in other words if there are any, in the place of the first time."""
        last = self._last or self._portal.call(self._asked_before)
        if last is None:
            raise InputError(_NOTHING_YET, "")
        self._ask(Asked(text or last.text, last.images), instead_of=last)

    async def _asked_before(self) -> Asked | None:
        """Return the last question of a conversation that was begun another time; its pictures are not asked about again."""
        from stylegraph.graphs.regenerating import last_question

        found = await last_question(self._saver, self._thread)
        return Asked(found.question.text, []) if found else None

    @property
    def _thread(self) -> str:
        return str(self._options["thread"])

    @property
    def _saver(self) -> BaseCheckpointSaver[str]:
        return cast("BaseCheckpointSaver[str]", self._assistant.checkpointer)

    def _show_sources(self) -> None:
        from stylegraph.graphs.cli.ui.reply import show_quotes

        if self._reply is None:
            raise InputError(_NOTHING_YET, "")
        show_quotes(self._screen, self._reply)

    def _export(self, name: str) -> None:
        from stylegraph.graphs.cli.ui.transcript import said_in, write

        if not name:
            raise InputError("/export names no file.", "Name one: /export notes.md")
        said = said_in(self._portal.call(self._messages))
        if not said:
            raise InputError(_NOTHING_YET, "")
        file = Path(name).expanduser()
        write(said, file)
        self._screen.tell(_WRITTEN.format(file=file))

    async def _messages(self) -> list[AnyMessage]:
        config: RunnableConfig = {"configurable": {"thread_id": self._thread}}
        messages: list[AnyMessage] = (await self._assistant.aget_state(config)).values.get("messages", [])
        return messages

    def _ask(self, asked: Asked, *, instead_of: Asked | None = None) -> None:
        """Run one turn; an error ends the turn and not the conversation."""
        self._last = asked
        self._over.clear()
        future = self._portal.start_task_soon(self._turn, asked, instead_of)
        try:
            future.result()
        except KeyboardInterrupt:
            future.cancel()
            self._over.wait(_GOODBYE_SECONDS)
            self._screen.tell(_STOPPED)
        except Exception as error:
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        if self._screen.debug:
            self._screen.err.print_exception()
        self._screen.fail(*described(error))

    async def _turn(self, asked: Asked, instead_of: Asked | None) -> None:
        from stylegraph.graphs.api import stream

        try:
            options: Options = {**self._options, "image": pictures(asked.images)}
            if instead_of is not None:
                options["checkpoint"] = await self._before(instead_of)
            events = stream(self._assistant, asked.text, **options)
            if self._screen.json:
                async for event in events:
                    self._screen.record(event)
            else:
                self._reply = await self._followed(asked.text, events)
                self._show(self._reply)
        finally:
            self._over.set()

    async def _before(self, asked: Asked) -> str | None:
        """Return where the conversation stood before its last question; None: at its end, if that was never asked there.

        One that has no other question begins anew.
        """
        from stylegraph.graphs.regenerating import last_question

        last = await last_question(self._saver, self._thread)
        if last is None or last.question.text != asked.text.strip():
            return None
        if last.before is None:
            await self._saver.adelete_thread(self._thread)
        return last.before

    async def _followed(self, text: str, events: AsyncIterator[Event]) -> Reply:
        """Follow a turn on the terminal: each look-up stays, what is drafted meanwhile gives way to the reply."""
        from stylegraph.agent.text.language import detect_language
        from stylegraph.graphs.cli.ui.live_turn import Turn, watched
        from stylegraph.graphs.progress import line_of

        turn = Turn(detect_language(text))
        with watched(turn, self._screen.out):
            async for event in events:
                turn.take(event)
                if self._screen.out.is_terminal and (step := line_of(event, turn.language)):
                    self._screen.say(f"· {step}", "dim")
        if turn.headline:
            self._screen.say(turn.headline, "dim cyan")
        return turn.ended()

    def _show(self, reply: Reply) -> None:
        from stylegraph.graphs.cli.ui.reply import show_follow_ups, show_reply

        show_reply(self._screen, reply)
        show_follow_ups(self._screen, reply)
        self._screen.say("")


def _edit_lines() -> None:
    """Let `input` edit lines and recall earlier ones, where the system has what it takes."""
    try:
        import readline  # noqa: F401
    except ImportError:
        return
