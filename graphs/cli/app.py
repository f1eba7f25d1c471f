"""The command line's table of contents."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from stylegraph.graphs.cli.commands import (
    ask,
    catalogue,
    chat,
    doctor,
    graph,
    index,
    look,
    mcp,
    profile,
    recommend,
    route,
    search,
    serve,
    serve_decisions,
    threads,
    usage,
)
from stylegraph.graphs.cli.ui.command import FAILED, command, shown_examples


class _Commands(TyperGroup):
    """The commands; what is wrong with a command line is told as JSON when JSON was asked for."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **named: Any) -> Any:  # noqa: ANN401
        """Run the command that the arguments name."""
        given = sys.argv[1:] if args is None else list(args)
        if "--json" not in given:
            return super().main(given, *more, **named)
        try:
            code = super().main(given, *more, **{**named, "standalone_mode": False})
        except typer.TyperException as error:
            from stylegraph.graphs.cli.ui.screen import Screen

            remedy = "See: stylegraph --help."
            Screen(json=True).fail(type(error).__name__, error.format_message(), remedy)
            code = error.exit_code
        except typer.Abort:
            code = FAILED
        sys.exit(code if isinstance(code, int) else 0)


app = typer.Typer(
    name="stylegraph",
    cls=_Commands,
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help, in a third of the time that rich takes
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=shown_examples(
        "Start here",
        (
            'stylegraph ask "여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘"',
            "stylegraph index ~/notes  # then ask about what is in them",
            "stylegraph doctor  # what is set up, and what is missing",
        ),
    ),
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"stylegraph {version('stylegraph')}")
        raise typer.Exit


@app.callback()
def _stylegraph(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Answers from your documents, the web, pictures and a catalogue, in Korean and English."""


command(app, "ask", ask.ask, ask.EXAMPLES)
command(app, "chat", chat.chat, chat.EXAMPLES)
app.add_typer(index.app, name="index")
command(app, "search", search.search, search.EXAMPLES)
command(app, "look", look.look, look.EXAMPLES)
command(app, "route", route.route, route.EXAMPLES)
command(app, "recommend", recommend.recommend, recommend.EXAMPLES)
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(profile.app, name="profile")
app.add_typer(threads.app, name="threads")
command(app, "graph", graph.graph, graph.EXAMPLES)
command(app, "serve", serve.serve, serve.EXAMPLES)
command(app, "mcp", mcp.mcp, mcp.EXAMPLES)
command(app, "serve-decisions", serve_decisions.serve_decisions, serve_decisions.EXAMPLES)
command(app, "usage", usage.usage, usage.EXAMPLES)
command(app, "doctor", doctor.doctor, doctor.EXAMPLES)
