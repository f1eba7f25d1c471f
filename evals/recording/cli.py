"""`stylegraph-evals record`: the cassettes, made again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from stylegraph.agent.errors import InputError, StylegraphError
from stylegraph.graphs.cli.ui.screen import Screen

if TYPE_CHECKING:
    from stylegraph.evals.recording.recorder import Servers
    from stylegraph.evals.recording.registry import Outcome, Recordable


def record(  # noqa: PLR0913 - each is an option of the command
    screen: Screen,
    *,
    cases: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CASE]...",
            help="Cases, or folders of cassettes; everything when none is named.",
            show_default=False,
        ),
    ] = None,
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="A server that speaks OpenAI's protocol; its key: OPENAI_API_KEY.")
    ] = None,
    model: Annotated[str, typer.Option(help="The chat model's name there.")] = "qwen2.5-coder-1.5b-instruct",
    web_url: Annotated[
        str | None,
        typer.Option("--web-url", help="Tavily's address, instead of the stand-in; its key: TAVILY_API_KEY."),
    ] = None,
    elasticsearch_url: Annotated[
        str | None,
        typer.Option(
            "--elasticsearch-url", help="A cluster; its key or user: STYLEGRAPH_ELASTICSEARCH_API_KEY, …_USER."
        ),
    ] = None,
    embedding_url: Annotated[
        str | None,
        typer.Option(
            "--embedding-url", help="A server that embeds by OpenAI's protocol; its key: STYLEGRAPH_EMBEDDING_API_KEY."
        ),
    ] = None,
    embedding_model: Annotated[str, typer.Option(help="The embedding's name there.")] = "multilingual-e5-small-q4",
    stale: Annotated[
        bool, typer.Option("--stale", help="Only those that do not replay any more, or were never recorded.")
    ] = False,
) -> None:
    """Record what cases ask of servers and what those answer, scrubbed of secrets; then see that it replays."""
    from stylegraph.evals.recording.recorder import Servers
    from stylegraph.evals.recording.registry import chosen, command_for

    wanted = chosen(cases or [])
    servers = Servers(base_url, model, web_url, elasticsearch_url, embedding_url, embedding_model)
    if stale:
        wanted = asyncio.run(_stale(screen, wanted))
    ready = [one for one in wanted if servers.can_record(one)]
    if left := [one.name for one in wanted if one not in ready]:
        screen.tell(f"Left out, because they ask a server that is not given: {', '.join(left)}.")
    if cases and not ready and wanted:
        asked = command_for([one.name for one in wanted])
        raise InputError("Nothing of this can be recorded without its server.", f"Name it: {asked}")
    with servers.stack, screen.bar("recording", len(ready)) as bar:
        failed = [one.name for one in ready if not _recorded(screen, one, servers, bar.advance)]
    if failed:
        raise StylegraphError(f"Not recorded: {', '.join(failed)}.", "Try them again.")


def _recorded(screen: Screen, one: Recordable, servers: Servers, advance: object) -> bool:
    from stylegraph.evals.recording.recorder import record as made

    try:
        played = asyncio.run(made(one, servers))
    except StylegraphError as error:
        screen.tell(f"{one.name}: {error.message}", "red")
        return False
    finally:
        if callable(advance):
            advance()
    _tell(screen, one, played[-1])
    return True


def _tell(screen: Screen, one: Recordable, last: Outcome) -> None:
    if screen.json:
        screen.record({"cassette": one.name, "status": last.ending, **last.spent})
        return
    screen.say(f"{one.name:20} {last.ending:12} {last.calls:2} calls {last.spent['seconds']:6.1f} s")


async def _stale(screen: Screen, wanted: Sequence[Recordable]) -> list[Recordable]:
    from stylegraph.evals.replay.http import ReplayError

    found = []
    with screen.bar("replaying", len(wanted)) as bar:
        for one in wanted:
            try:
                await one.replay()
            except ReplayError:
                found.append(one)
            bar.advance()
    if not found:
        screen.tell("Every cassette replays.")
    return found
