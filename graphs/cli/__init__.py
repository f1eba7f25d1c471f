"""The command line: `stylegraph ask`, `chat`, `index`, `search`, `route`, `recommend`, `profile`, ..."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name, and end the process with its exit code.

    0: done. 1: it failed, or part of it did. 2: what was given can't be used. 130: stopped by Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal without Hangul shows ? and goes on
    try:
        from stylegraph.graphs.cli.app import app

        app(args=None if arguments is None else list(arguments), prog_name="stylegraph")
    except KeyboardInterrupt:
        sys.exit(130)
