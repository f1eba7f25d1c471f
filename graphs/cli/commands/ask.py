"""`stylegraph ask`: one question, or a file of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stylegraph.agent.errors import InputError
from stylegraph.graphs.cli.ui.command import FAILED
from stylegraph.graphs.cli.ui.lookbook import HtmlFile, check_place, write_lookbook
from stylegraph.graphs.cli.ui.options import (
    EffortOption,
    Images,
    IndexName,
    Only,
    Out,
    Questions,
    Thread,
    User,
    check_index,
    conditions,
    pictures,
    read_text,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from stylegraph.agent.reply import Reply
    from stylegraph.graphs.api import Options
    from stylegraph.graphs.cli.ui.screen import Screen

Question = Annotated[
    str | None, typer.Argument(metavar="QUESTION", help="In Korean or English; - reads it from standard input.")
]
Resume = Annotated[bool, typer.Option("--resume", help="With --out: keep the answers that are there, ask the rest.")]
Jobs = Annotated[int, typer.Option("--jobs", metavar="N", min=1, max=64, help="Questions asked at a time in bulk.")]

EXAMPLES = (
    'stylegraph ask "여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘"',
    'stylegraph ask "How do I wash a wool sweater?" --thread laundry',
    'stylegraph ask "And silk?" --thread laundry',
    'stylegraph ask "가을 하객룩 코디해줘" --html look.html  # a page with photos that opens offline',
    "echo 흰 셔츠 커피 얼룩 지우는 법 | stylegraph ask - --json",
    "stylegraph ask --questions in.jsonl --out out.jsonl  # lines of id, text, perhaps thread, image",
)


async def ask(  # noqa: PLR0913 - a command's options are its arguments
    screen: Screen,
    question: Question = None,
    *,
    index: IndexName = None,
    only: Only = None,
    thread: Thread = None,
    user: User = "local",
    image: Images = None,
    effort: EffortOption = None,
    questions: Questions = None,
    out: Out = None,
    resume: Resume = False,
    jobs: Jobs = 4,
    html: HtmlFile = None,
) -> None:
    """Ask a question and get an answer that cites its sources, or many questions from a file."""
    if (question is None) == (questions is None):
        raise InputError("Give one question, or a file of them with --questions.", "See: stylegraph ask --help.")
    options: Options = {"thread": thread, "user": user, "image": pictures(image), "effort": effort, "index": index}
    options["only"] = conditions(only)
    if html is not None and question is None:
        raise InputError("--html is for one question.", "Give the question instead of --questions.")
    check_place(html)
    if question is not None:
        asked = read_text(question)
        reply = await _ask_one(screen, asked, options)
        _show(screen, reply)
        _write(screen, html, asked, reply)
        _exit_if_failed(reply.unsearched)
    elif questions is not None:
        await _ask_all(screen, options, questions, out, resume=resume, jobs=jobs)


async def _ask_one(screen: Screen, text: str, options: Options) -> Reply:
    """Ask, and show on standard error what is going on."""
    from stylegraph.agent.text.language import detect_language
    from stylegraph.graphs.cli.ui.live_turn import Turn, watched

    turn = Turn(detect_language(text), shows_draft=False)
    with watched(turn, screen.err, shown=not screen.json):
        from stylegraph.agent.settings import load_settings
        from stylegraph.graphs.api import stream
        from stylegraph.graphs.build import open_assistant
        from stylegraph.graphs.nodes.turn import checked_question

        asked = checked_question(text, load_settings().question_max_chars)  # before anything is opened
        async with open_assistant() as assistant:
            await check_index(options.get("index"))
            async for event in stream(assistant, asked, **options):
                turn.take(event)
    return turn.ended()


def _exit_if_failed(sources: Collection[str]) -> None:
    """End as failed where sources failed that an answer might have come from; the reply says which and why.

    Raises:
        Exit: 1 if there are any.
    """
    if sources:
        raise typer.Exit(FAILED)


def _show(screen: Screen, reply: Reply) -> None:
    from stylegraph.graphs.cli.ui.reply import reply_record, show_reply

    if screen.json:
        screen.record(reply_record(reply))
    else:
        show_reply(screen, reply)


def _write(screen: Screen, html: Path | None, asked: str, reply: Reply) -> None:
    if html is None:
        return
    from stylegraph.agent.html.page import lookbook_of
    from stylegraph.agent.settings import load_settings

    settings = load_settings()
    sample = settings.catalogue_in_use is None and bool(reply.recommendations)
    write_lookbook(screen, html, lookbook_of(asked, reply, sample=sample), settings)


async def _ask_all(
    screen: Screen, options: Options, questions: Path, out: Path | None, *, resume: bool, jobs: int
) -> None:
    from stylegraph.graphs.api import ask as ask_assistant
    from stylegraph.graphs.build import open_assistant
    from stylegraph.graphs.cli.ui.bulk import Entry, Job, run_bulk
    from stylegraph.graphs.cli.ui.reply import reply_record

    class Asked(Entry):
        thread: str | None = None
        image: str | list[str] | None = None

    failed: set[str] = set()

    def thread_of(entry: Asked) -> str | None:
        return entry.thread or options.get("thread")

    async with open_assistant() as assistant:
        await check_index(options.get("index"))

        async def answer(entry: Asked) -> dict[str, Any]:
            image = pictures(entry.image) or options.get("image")
            own: Options = {**options, "thread": thread_of(entry), "image": image}
            reply = await ask_assistant(assistant, entry.text, **own)
            failed.update(reply.unsearched)
            return reply_record(reply)

        await run_bulk(screen, Job(Asked, answer, "Asking", jobs, thread_of), questions, out, resume)
    _exit_if_failed(failed)
