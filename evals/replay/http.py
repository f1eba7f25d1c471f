"""Recorded HTTP, replayed strictly.

A cassette holds what one case asked of real servers and what they answered: `cassettes/<suite>/<case>.yaml`. Replaying
needs no key and no network. A request that was not recorded fails, and so does a recorded one that was not made: clients
wrap the error of a miss and fallbacks swallow it, so both are looked for once the case has ended.
"""

from __future__ import annotations

import json
import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from vcr.cassette import Cassette
from vcr.errors import MissingMetadataError
from vcr.matchers import method, uri
from vcr.record_mode import RecordMode
from vcr.request import Request
from vcr.serialize import serialize

from stylegraph.agent.errors import StylegraphError
from stylegraph.evals.replay.cassette import Cleaner, Readable

CASSETTES = Path(__file__).parents[1] / "cassettes"

_ONE_AT_A_TIME = threading.Lock()
_TAGGED = "http://tagged.invalid"
"""A server that many cases are asked of at once, until their exchanges are told apart."""


class ReplayError(StylegraphError):
    """A recorded case asked something else than what was recorded.

    Args:
        message: What does not fit.
        path: The cassette.
    """

    def __init__(self, message: str, path: Path) -> None:
        self.cassette = f"{path.parent.name}/{path.stem}"
        super().__init__(message, f"Record it again: stylegraph-evals record {self.cassette}")


class Recorded(NamedTuple):
    """What a cassette says of itself."""

    on: str
    """The day, as 2026-11-24."""
    against: Mapping[str, str]
    """Role -> what played it: a model's name, or a stand-in, named as one."""
    spent: list[dict[str, Any]]
    """What each turn of the case spent while it was recorded."""


class _Strict(Cassette):  # type: ignore[misc]
    """A cassette that remembers what it could not answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - vcr's own
        super().__init__(*args, **kwargs)
        self.missed: list[Request] = []

    def _load(self) -> None:
        """Read the file, unless it is recorded again: what it says of itself (day, servers, cost) would win over the new."""
        if self.record_mode is not RecordMode.ALL:
            super()._load()

    def can_play_response_for(self, request: Request) -> bool:
        """Check whether an answer is left for a request."""
        can = bool(super().can_play_response_for(request))
        if not can and self.record_mode is RecordMode.NONE:
            self.missed.append(self.filter_request(request))
        return can

    @property
    def unplayed(self) -> list[Request]:
        """The recorded requests that were not made."""
        return [request for at, (request, _) in enumerate(self.data) if not self.play_counts[at]]


def cassette(suite: str, case: str) -> Path:
    """Return the file of a case."""
    return CASSETTES / suite / f"{case}.yaml"


@contextmanager
def recording(
    path: Path, against: Mapping[str, str], servers: Mapping[str, str], secrets: Sequence[str] = ()
) -> Iterator[list[dict[str, Any]]]:
    """Record what is asked while the block runs, in place of what the file held; nothing is written if it fails.

    Args:
        path: The cassette.
        against: Role -> what plays it; stand-ins are named as such.
        servers: Address of each server -> the address under which it is recorded.
        secrets: What must never be in a file, wherever it turns up.

    Yields:
        A list, to be filled with what each turn spent.
    """
    spent: list[dict[str, Any]] = []
    with _opened(path, RecordMode.ALL, Cleaner(servers, secrets)) as tape:
        yield spent
        tape.get_metadata("on", date.today().isoformat())
        tape.get_metadata("against", dict(against))
        tape.get_metadata("spent", spent)


Keep = Callable[[str, Sequence[Mapping[str, Any]]], None]
"""Writes the cassette of a case that has ended: its tag, and what each of its turns spent."""


@contextmanager
def recording_side_by_side(
    paths: Mapping[str, Path], against: Mapping[str, str], server: str, name: str, secrets: Sequence[str] = ()
) -> Iterator[Keep]:
    """Record many cases that are asked at once, each in a cassette of its own, which is written as the case ends.

    They are told apart by the path under which each asks the one server: `SERVER/TAG/v1`.

    Args:
        paths: Tag -> cassette.
        against: Role -> what plays it.
        server: The server's address, without a path.
        name: The address under which it is recorded, without a path.
        secrets: What must never be in a file.

    Yields:
        What keeps a case; one that is not kept is not written.
    """
    today = date.today().isoformat()
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.yaml"
        with _opened(whole, RecordMode.ALL, Cleaner({server: _TAGGED}, secrets)) as tape:

            def keep(tag: str, spent: Sequence[Mapping[str, Any]]) -> None:
                said = {"on": today, "against": dict(against), "spent": [dict(one) for one in spent]}
                _write_part(tape, f"{_TAGGED}/{tag}/", f"{name}/", paths[tag], said)

            yield keep


def _write_part(tape: _Strict, under: str, name: str, path: Path, said: Mapping[str, Any]) -> None:
    """Write what was asked under an address as a cassette of its own, under another."""
    own = [(request, response) for request, response in tape.data if request.uri.startswith(under)]
    renamed = [
        Request(request.method, request.uri.replace(under, name, 1), request.body, request.headers)
        for request, _ in own
    ]
    answers = [deepcopy(response) for _, response in own]  # writing them down changes them
    part = {"requests": renamed, "responses": answers, "metadata": dict(said)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(serialize(part, Readable), encoding="utf-8")


@contextmanager
def replaying(path: Path) -> Iterator[Recorded]:
    """Answer from a cassette, and from nothing else, while the block runs: no network is reached and no key is known.

    Yields:
        What the cassette says of itself.

    Raises:
        ReplayError: There is no cassette, it does not say what it was recorded against, something was asked that it does not hold, or not all that it holds.
    """
    if not path.is_file():
        raise ReplayError(f"There is no cassette {path.parent.name}/{path.name}.", path)
    with sealed(), _opened(path, RecordMode.NONE, Cleaner({}, ())) as tape:
        said = _said(tape)
        try:
            yield said
        finally:
            _checked(tape)


@contextmanager
def sealed() -> Iterator[None]:
    """Let nothing out of the process while the block runs, and take the keys and the settings out of its environment."""

    def refused(*_: object, **__: object) -> None:
        raise ConnectionRefusedError("nothing is reached while a cassette is replayed")

    hidden = [name for name in os.environ if name.startswith("STYLEGRAPH_") or name.endswith(("_API_KEY", "_TOKEN"))]
    with (
        mock.patch.object(socket.socket, "connect", refused),
        mock.patch.object(socket.socket, "connect_ex", refused),
        mock.patch.object(socket, "getaddrinfo", refused),
        mock.patch.dict(os.environ),
    ):
        for name in hidden:
            del os.environ[name]
        yield


@contextmanager
def _opened(path: Path, mode: RecordMode, cleaner: Cleaner) -> Iterator[_Strict]:
    if not _ONE_AT_A_TIME.acquire(blocking=False):  # vcr patches the transports of the whole process
        raise ReplayError("A process plays one cassette at a time: close the other one first.", path)
    try:
        with _Strict.use(
            path=path,
            record_mode=mode,
            record_on_exception=False,
            drop_unused_requests=mode is RecordMode.ALL,
            serializer=Readable,
            match_on=(method, uri, _same_body),
            before_record_request=cleaner.request,
            before_record_response=cleaner.response,
        ) as tape:
            yield tape
    finally:
        _ONE_AT_A_TIME.release()


def _said(tape: _Strict) -> Recorded:
    try:
        return Recorded(*(tape.get_metadata(field, None) for field in Recorded._fields))
    except MissingMetadataError:
        path = Path(tape.path)
        raise ReplayError(f"{path.name} does not say what it was recorded against.", path) from None


def _checked(tape: _Strict) -> None:
    """Raise what replaying found.

    Raises:
        ReplayError: A miss, or an answer that nobody asked for.
    """
    left = tape.unplayed
    found = [f"not recorded: {_told(one)}{_differing(one, left)}" for one in tape.missed]
    found += [f"not asked for: {_told(one)}" for one in left]
    if found:
        path = Path(tape.path)
        raise ReplayError("\n".join([f"{path.name} does not fit any more.", *found]), path)


def _same_body(asked: Request, recorded: Request) -> bool:
    """Check whether two requests send the same, or JSON that says the same.

    vcr's own `body` writes down how they differ, for each recorded request that is not the one: most of a replay's time.
    """
    return bool(asked.body == recorded.body) or _json(asked) == _json(recorded) is not None


def _json(request: Request) -> Any:  # noqa: ANN401 - whatever was sent
    try:
        return json.loads(request.body or b"")
    except ValueError:
        return None


def _differing(asked: Request, left: Sequence[Request]) -> str:
    """Return where a request begins to differ from the recorded one that is most like it."""
    now = _text(asked)
    alike = [(_alike(now, then), then) for then in map(_text, left)]
    if not alike:
        return ""
    same, then = max(alike)
    begin, end = max(0, same - _AROUND), same + _AROUND
    return f"\n  asked    …{now[begin:end]}…\n  recorded …{then[begin:end]}…"


def _alike(one: str, other: str) -> int:
    """Count the characters that two texts begin with in common."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


_AROUND = 60
"""Characters that are shown on either side of a difference."""


def _told(request: Request) -> str:
    """Return a request in a line: its end is what tells it from others."""
    return f"{request.method} {request.uri} …{_text(request)[-300:]}"


def _text(request: Request) -> str:
    return (request.body or b"").decode("utf-8", "replace")
