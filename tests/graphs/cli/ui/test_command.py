"""What every command has in common, tried on commands made up for it."""

from __future__ import annotations

import asyncio
import json
import logging
import warnings

import pytest
import typer
from typer.testing import CliRunner

from stylegraph.agent.errors import FetchError, IndexStoreError, InputError
from stylegraph.graphs.cli.ui.command import DefaultGroup, command
from stylegraph.graphs.cli.ui.screen import Screen

run = CliRunner().invoke


def app_of(body, **described):
    app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
    app.callback()(lambda: None)
    command(app, "try", body, **described)
    return app


def raising(error):
    def body(screen: Screen) -> None:
        raise error

    return app_of(body)


def test_a_command_gets_a_screen_and_its_own_parameters():
    def body(screen: Screen, word: str, *, often: int = 1) -> None:
        screen.say(word * often)

    assert run(app_of(body), ["try", "하", "--often", "3"]).stdout == "하하하\n"


def test_an_async_command_is_run():
    async def body(screen: Screen) -> None:
        await asyncio.sleep(0)
        screen.record({"done": True})

    assert json.loads(run(app_of(body), ["try", "--json"]).stdout) == {"done": True}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("No.", "Do."), 2),
        (FetchError("No.", "Do."), 2),
        (IndexStoreError("No.", "Do."), 1),
        (OSError(28, "No space left on device"), 1),
        (ValueError("a defect"), 1),
    ],
)
def test_bad_input_exits_with_2_and_everything_else_with_1_and_no_traceback(error, code):
    result = run(raising(error), ["try"])
    assert result.exit_code == code
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.strip()


def test_an_error_says_what_happened_and_what_to_do():
    assert run(raising(InputError("It is empty.", "Fill it.")), ["try"]).stderr == "It is empty.\nFill it.\n"


def test_with_json_an_error_is_an_object_on_standard_error():
    result = run(raising(InputError("비었어요.", "Fill it.")), ["try", "--json"])
    error = {"type": "InputError", "message": "비었어요.", "remedy": "Fill it."}
    assert (result.stdout, json.loads(result.stderr)) == ("", {"error": error})


@pytest.mark.parametrize("how", [{"args": ["try", "--debug"]}, {"args": ["try"], "env": {"STYLEGRAPH_DEBUG": "1"}}])
def test_the_traceback_is_shown_when_asked_for(how):
    assert "Traceback" in run(raising(ValueError("a defect")), **how).stderr


@pytest.mark.parametrize("word", ["\udcff", "가\ud800"])
def test_arguments_that_are_not_utf8_are_refused_by_name(word):
    def body(screen: Screen, words: list[str]) -> None:
        screen.say("never")

    result = run(app_of(body), ["try", "fine", word])
    assert result.exit_code == 2
    assert "WORDS is not valid UTF-8" in result.stderr


def test_warnings_and_logs_of_libraries_stay_off_the_terminal(recwarn):
    def body(screen: Screen) -> None:
        warnings.resetwarnings()  # as some libraries do on import
        warnings.warn("deprecated", DeprecationWarning, stacklevel=1)
        logging.getLogger("library").warning("noise")

    logging.captureWarnings(False)  # as a process begins
    result = run(app_of(body), ["try"])
    assert (result.exit_code, result.output, list(recwarn)) == (0, "", [])


def test_examples_stand_at_the_end_of_the_help():
    def body(screen: Screen) -> None:
        """Do it."""

    shown = run(app_of(body, examples=["stylegraph try [it]  # now"]), ["try", "--help"]).stdout
    assert "$ stylegraph try [it]  # now" in shown
    assert "--json" in shown
    assert "--debug" in shown


@pytest.fixture
def group():
    class Group(DefaultGroup):
        default = "add"

    app = typer.Typer(cls=Group)

    def add(screen: Screen, sources: list[str], *, name: str = "default") -> None:
        """Add them."""
        screen.record({"added": sources, "name": name})

    def list_them(screen: Screen) -> None:
        screen.record({"listed": screen.json})

    command(app, "add", add)
    command(app, "list", list_them)
    return app


@pytest.mark.parametrize(
    ("typed", "done"),
    [
        (["docs/"], {"added": ["docs/"], "name": "default"}),
        (["docs/", "list"], {"added": ["docs/", "list"], "name": "default"}),
        (["--name", "wiki", "docs/"], {"added": ["docs/"], "name": "wiki"}),
        (["--json", "docs/", "--name", "wiki"], {"added": ["docs/"], "name": "wiki"}),
        (["./list"], {"added": ["./list"], "name": "default"}),
        (["add", "list"], {"added": ["list"], "name": "default"}),
        (["--", "list"], {"added": ["list"], "name": "default"}),
        (["list"], {"listed": False}),
        (["--json", "list"], {"listed": True}),
        (["list", "--json"], {"listed": True}),
    ],
)
def test_a_group_does_the_default_when_no_command_is_named(group, typed, done):
    assert json.loads(run(group, typed).stdout) == done


def test_a_groups_help_is_that_of_its_default(group):
    assert "Add them." in run(group, ["--help"]).stdout
    assert run(group, []).exit_code == 2
