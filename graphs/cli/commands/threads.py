"""`stylegraph threads`: the conversations that are kept, to read, to hand on and to forget."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stylegraph.agent.errors import InputError
from stylegraph.graphs.cli.ui.command import DefaultGroup, command
from stylegraph.graphs.cli.ui.options import Out

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stylegraph.graphs.cli.ui.screen import Screen
    from stylegraph.graphs.persistence import Threads

_SHOWN = 60

Name = Annotated[str, typer.Argument(metavar="NAME", help="The conversation, as `threads list` names it.")]
Names = Annotated[list[str], typer.Argument(metavar="NAME...", help="The conversations.")]
Some = Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="The conversations; all otherwise.")]


class _Group(DefaultGroup):
    default = "list"


_SUMMARY = "List the conversations that are kept, show, export or forget them."
app = typer.Typer(cls=_Group, help=_SUMMARY, short_help=_SUMMARY)


async def list_threads(screen: Screen) -> None:
    """List the conversations, the newest first: how many messages, when, and how each began."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.persistence import open_threads

    async with open_threads(load_settings()) as threads:
        found = [await _record(threads, name) for name in await threads.names()]
    for record in found:
        said = record.pop("messages")
        began = " ".join(said[0]["text"].split()) if said else ""
        if screen.json:
            screen.record({**record, "messages": len(said), "began": began})
        else:
            screen.say(record["thread"], "bold")
            screen.say(f"  {len(said):,} messages, {record['updated']}  {began[:_SHOWN]}", "dim")
    if not found and not screen.json:
        screen.say('No conversation is kept. Begin one: stylegraph ask "..." --thread NAME.')


async def show(screen: Screen, name: Name) -> None:
    """Show what was said in a conversation."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.persistence import open_threads

    async with open_threads(load_settings()) as threads:
        await _require(threads, [name])
        record = await _record(threads, name)
    if screen.json:
        screen.record(record)
        return
    for message in record["messages"]:
        screen.say("> " + message["text"] if message["role"] == "user" else message["text"] + "\n")


async def export(screen: Screen, names: Some = None, *, out: Out = None) -> None:
    """Write conversations as JSONL, one a line: its name, when it was last changed, its messages."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.persistence import open_threads

    async with open_threads(load_settings()) as threads:
        wanted = names or await threads.names()
        await _require(threads, wanted)
        with _written(screen, out) as write:
            for name in wanted:
                write(await _record(threads, name))
    if out is not None:
        screen.tell(f"{len(wanted):,} conversations in {out}.")


async def forget(screen: Screen, names: Names) -> None:
    """Forget conversations: nothing of them is kept."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.persistence import open_threads

    async with open_threads(load_settings()) as threads:
        await _require(threads, names)
        for name in names:
            await threads.adelete_thread(name)
    for name in names:
        if screen.json:
            screen.record({"thread": name, "forgotten": True})
        else:
            screen.say(f"{name} is forgotten.")


async def _require(threads: Threads, names: list[str]) -> None:
    there = await threads.names()
    for name in names:
        if name not in there:
            shown = ", ".join(there[:10]) or "none"
            raise InputError(f"There is no conversation called {name[:80]!r}.", f"There are: {shown}.")


async def _record(threads: Threads, name: str) -> dict[str, Any]:
    kept = await threads.aget_tuple({"configurable": {"thread_id": name}})
    checkpoint: Mapping[str, Any] = kept.checkpoint if kept else {}
    roles = {"human": "user", "ai": "assistant"}
    messages = [
        {"role": roles.get(message.type, message.type), "text": message.text}
        for message in checkpoint.get("channel_values", {}).get("messages", [])
    ]
    return {"thread": name, "updated": str(checkpoint.get("ts", ""))[:19], "messages": messages}


@contextmanager
def _written(screen: Screen, out: Path | None) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    from stylegraph.graphs.cli.ui.screen import json_line

    if out is None:
        yield screen.record
        return
    try:
        stream = out.open("w", encoding="utf-8", errors="replace", newline="\n")
    except OSError as error:
        raise InputError(f"{out} can't be written: {error.strerror}.", "Choose another --out.") from None
    with stream:
        yield lambda record: print(json_line(record), file=stream)


command(app, "list", list_threads, ("stylegraph threads list", "stylegraph threads list --json"))
command(app, "show", show, ("stylegraph threads show laundry",))
command(app, "export", export, ("stylegraph threads export --out threads.jsonl", "stylegraph threads export laundry"))
command(app, "forget", forget, ("stylegraph threads forget laundry",))
