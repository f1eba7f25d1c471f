"""What every command has in common: `--json`, `--debug`, a screen, and errors that become exit codes."""

from __future__ import annotations

import functools
import inspect
import logging
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from stylegraph.agent.errors import InputError, StylegraphError
from stylegraph.graphs.cli.ui.extras import extra_of

if TYPE_CHECKING:
    from stylegraph.graphs.cli.ui.screen import Screen

BAD_INPUT = 2
FAILED = 1
_AS_IT_IS = "\b"
"""Click's sign for a paragraph of a help page whose lines stay as they are."""

_JSON = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output, nothing else there.")]
_DEBUG = Annotated[
    bool, typer.Option("--debug", envvar="STYLEGRAPH_DEBUG", help="Show the log, and the traceback of an error.")
]

Body = Callable[..., Any]


def command(app: typer.Typer, name: str, body: Body, examples: Sequence[str] = (), **more: Any) -> None:  # noqa: ANN401
    """Register a command.

    Args:
        app: Where.
        name: The word that is typed.
        body: A function, async or not, whose first parameter is a `Screen` and whose others are Typer's.
        examples: Command lines for `--help`.
        more: What else `Typer.command` takes.
    """
    summary = (inspect.getdoc(body) or "").partition("\n\n")[0]  # click cuts it short by itself
    app.command(name, epilog=shown_examples("Examples", examples), short_help=summary, **more)(_with_screen(body))


def shown_examples(title: str, lines: Sequence[str]) -> str | None:
    """Return command lines as the end of a help page."""
    return "\n".join([_AS_IT_IS, f"{title}:", *(f"  $ {line}" for line in lines)]) if lines else None


def _with_screen(body: Body) -> Body:
    """Make a function that Typer can call: `screen` is gone from its parameters, `json` and `debug` are there."""
    signature = inspect.signature(body, eval_str=True, locals={"Screen": object})  # rich is loaded when it is needed
    own = [parameter for parameter in signature.parameters.values() if parameter.name != "screen"]
    common = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=kind)
        for name, kind in (("json", _JSON), ("debug", _DEBUG))
    ]

    @functools.wraps(body)
    def run(*, json: bool, debug: bool, **given: Any) -> None:  # noqa: ANN401
        from stylegraph.graphs.cli.ui.screen import Screen

        screen = Screen(json, debug)
        keep_quiet(debug)
        with reporting(screen):
            check_unicode(given)
            outcome = body(screen, **given)
            if inspect.iscoroutine(outcome):
                import asyncio

                asyncio.run(outcome)

    run.__signature__ = signature.replace(parameters=[*own, *common])  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in [*own, *common]}
    return run


@contextmanager
def reporting(screen: Screen) -> Iterator[None]:
    """Turn an error into a message on standard error and an exit code.

    Raises:
        Exit: 2 for input that can't be used, 1 for everything else.
    """
    try:
        yield
    except (typer.Exit, typer.Abort, typer.TyperException, BrokenPipeError):
        raise
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second one ends even a slow goodbye at once
        raise
    except Exception as error:
        if screen.debug:
            screen.err.print_exception()
        screen.fail(*described(error))
        raise typer.Exit(BAD_INPUT if isinstance(error, InputError) else FAILED) from None


def described(error: Exception) -> tuple[str, str, str]:
    """Return an error's kind, what happened and what to do about it."""
    kind = type(error).__name__
    if isinstance(error, StylegraphError):
        return kind, error.message, error.remedy
    if isinstance(error, ModuleNotFoundError) and error.name and (extra := extra_of(error.name)):
        return (
            kind,
            f"This needs {error.name}, which is not installed.",
            f"Install it: pip install 'stylegraph[{extra}]'.",
        )
    if isinstance(error, OSError) and error.strerror:
        place = f": {error.filename}" if error.filename else ""
        return kind, f"{error.strerror}{place}.", "Check the path, its permissions and the room on the disk."
    return kind, f"Something went wrong inside: {kind}: {error}", "Run it again with --debug, and please report it."


def check_unicode(given: Mapping[str, Any]) -> None:
    """Refuse arguments that are not valid UTF-8.

    Raises:
        InputError: One is not; says which.
    """
    for name, value in given.items():
        for part in value if isinstance(value, list | tuple) else [value]:
            try:
                str(part).encode("utf-8")
            except UnicodeEncodeError:
                shown = str(part).encode("utf-8", "backslashreplace").decode()
                raise InputError(
                    f"The value of {name.upper()} is not valid UTF-8: {shown[:80]}.",
                    "Type it in UTF-8, or rename the file.",
                ) from None


def keep_quiet(debug: bool) -> None:
    """Keep the libraries' warnings and logs off the terminal, unless they were asked for."""
    logging.captureWarnings(True)  # some libraries put their own filters before ours
    root = logging.getLogger()
    if debug:
        logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    elif not root.handlers:
        root.addHandler(logging.NullHandler())


class DefaultGroup(TyperGroup):
    """A group with a command that is meant when none is named: `index docs/` is `index add docs/`.

    Flags may stand before the command's name. A source that is called like a command is reached by its path, `./list`.
    """

    default: str
    _FLAGS = ("--json", "--debug")

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer keeps its type to itself
        """Place the command's name first."""
        at = next((place for place, arg in enumerate(args) if arg not in self._FLAGS), len(args))
        named = args[at] if at < len(args) and args[at] in self.commands else None
        rest = args[:at] + args[at + 1 :] if named else args
        return super().parse_args(ctx, [named or self.default, *rest])
