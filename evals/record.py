"""Records all cassettes again: `python -m stylegraph.evals.record --base-url URL [--model NAME] [CASE ...]`.

The model is whatever answers OpenAI's protocol at the URL; without one, only what is asked of the web without a model is
recorded. Web search is a stand-in over saved pages that is started for
the time, and named as such in each cassette, unless `--web-url` gives Tavily's address (its key: TAVILY_API_KEY).
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import stylegraph.evals
from stylegraph.agent.reply import Reply
from stylegraph.agent.settings import Settings, load_settings
from stylegraph.evals.attacks import AttackTurn, attack_turns, got_through
from stylegraph.evals.replay import AGAIN, ReplayError, cassette, recording
from stylegraph.evals.turns import (
    MODEL_URL,
    WEB_URL,
    TurnCase,
    attack,
    attacked_again,
    locally,
    play,
    replayed,
    settings_for,
    turn_cases,
)

SMALL = "qwen2.5-coder-1.5b-instruct"
"""The real small model that the cassettes were recorded with."""
_STAND_IN = "a stand-in for Tavily over saved pages (tests/standins/tavily.py)"


async def record_locally(case: TurnCase, settings: Settings, web: str) -> str:
    """Record what a turn that is decided without a model asks of the web, and say in a line how it went."""
    with _recording("local", case.id, settings, web) as spent:
        played = await play(case, settings)
        spent += [dict(reply.spent) for reply in played.replies]
    _same(played.replies, (await locally(case)).replies)
    return _line(case.id, played.replies[-1], "right" if played.routed and played.right else "not right")


async def record_turn(case: TurnCase, settings: Settings, web: str) -> str:
    """Record a whole turn, and say in a line how it went."""
    with _recording("turns", case.id, settings, web if case.web else "") as spent:
        played = await play(case, settings)
        spent += [dict(reply.spent) for reply in played.replies]
    again, _ = await replayed(case)
    _same(played.replies, again.replies)
    return _line(case.id, played.replies[-1], "right" if played.routed and played.right else "not right")


async def record_attack(turn: AttackTurn, settings: Settings) -> str:
    """Record a turn that meets attacks, and say in a line how it went."""
    with _recording("attacks", turn.id, settings, "") as spent:
        reply, asked = await attack(turn, settings)
        spent.append(dict(reply.spent))
    again, _, _ = await attacked_again(turn)
    _same([reply], [again])
    return _line(turn.id, reply, ", ".join(got_through(reply, turn.attacks, asked)) or "nothing got through")


def _same(recorded: Sequence[Reply], again: Sequence[Reply]) -> None:
    """See that a recording gives the same when it is replayed.

    Raises:
        ReplayError: It does not: a call was given up while it was recorded, and what was not answered can't be replayed.
    """
    if [reply.text for reply in recorded] != [reply.text for reply in again]:
        raise ReplayError("What was recorded replays to another answer.", AGAIN)


def _recording(suite: str, case: str, settings: Settings, web: str) -> AbstractContextManager[list[dict[str, Any]]]:
    keys = (settings.openai_api_key, settings.tavily_api_key)
    servers = {str(settings.base_url): MODEL_URL, str(settings.tavily_base_url): WEB_URL}
    against = {"model": settings.model if settings.has_model else "none", **({"web": web} if web else {})}
    return recording(cassette(suite, case), against, servers, [key.get_secret_value() for key in keys if key])


def _line(case: str, reply: Reply, verdict: str) -> str:
    spent = reply.spent
    return f"{case:12} {reply.status.value:12} {spent['model_calls']:2} calls {spent['seconds']:6.1f} s  {verdict}"


async def record(wanted: Sequence[str], settings: Settings, web: str) -> bool:
    """Record the named cases, or all; says whether all that was recorded can be used."""
    cases = [case for case in turn_cases() if not wanted or case.id in wanted]
    without = settings_for(None, web=str(settings.tavily_base_url), tavily_api_key=settings.tavily_api_key)
    parts = [(cassette("local", case.id), record_locally(case, without, web)) for case in cases if case.web]
    if settings.has_model:
        attacks = [turn for turn in attack_turns() if not wanted or turn.id in wanted]
        parts += [(cassette("turns", case.id), record_turn(case, settings, web)) for case in cases]
        parts += [(cassette("attacks", turn.id), record_attack(turn, settings)) for turn in attacks]
    return all([await _usable(path, recorded) for path, recorded in parts])


async def _usable(path: Path, recorded: Awaitable[str]) -> bool:
    """Say how a recording went; one that does not replay is removed."""
    try:
        print(await recorded, flush=True)
    except ReplayError as error:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        print(f"{path.stem:12} can't be used: {str(error).splitlines()[0]}", flush=True)
        return False
    return True


@contextmanager
def stand_in() -> Iterator[str]:
    """Serve saved pages by Tavily's protocol while the block runs; gives the address."""
    standins = Path(stylegraph.evals.__file__).resolve().parents[1] / "tests" / "standins"
    command = [sys.executable, str(standins / "tavily.py"), str(standins / "pages"), "0", "as-they-were"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own file
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()


def main() -> None:
    """Record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base-url", help="an OpenAI-compatible server; its key: OPENAI_API_KEY")
    parser.add_argument("--model", default=SMALL, help="the model's name")
    parser.add_argument("--web-url", help="a server that speaks Tavily's protocol, instead of the stand-in")
    parser.add_argument("cases", nargs="*", metavar="CASE", help="record these only")
    given = parser.parse_args()
    begun = time.monotonic()
    with nullcontext(given.web_url) if given.web_url else stand_in() as web:
        settings = _settings(given.model, given.base_url, web)
        usable = asyncio.run(record(given.cases, settings, given.web_url or _STAND_IN))
    print(f"recorded in {time.monotonic() - begun:.0f} s")
    sys.exit(not usable)


def _settings(model: str, url: str | None, web: str) -> Settings:
    """Name the servers, with the keys of the environment."""
    keys = load_settings()
    if url is None:
        return settings_for(None, web=web, tavily_api_key=keys.tavily_api_key)
    return settings_for(model, url, web, openai_api_key=keys.openai_api_key, tavily_api_key=keys.tavily_api_key)


if __name__ == "__main__":
    main()
