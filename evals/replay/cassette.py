"""How recorded HTTP is written down: clean of what must not be in a file, and readable."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import quote, quote_plus

import yaml
from vcr.filters import decode_response
from vcr.request import Request

from stylegraph.agent.text.resources import parse_yaml

_HEADERS = frozenset({"content-type", "x-elastic-product"})
"""The only headers that reach a file: keys, cookies and account names travel in the others."""
_VOLATILE: Mapping[str, Any] = {"id": "recorded", "created": 0, "response_time": 0, "took": 0}
"""Fields of an answer that differ every time, and what stands in their place."""
_MEASURED = frozenset({"timings", "system_fingerprint", "request_id", "__verbose"})
"""Fields of an answer that say how fast a server was, or which: left out."""
_LOOPBACK = re.compile(r"(https?://)(?:127\.0\.0\.1|localhost|\[::1\]):\d+")
_EVENT = re.compile(r"data: (.*)\n\n")
_STREAM = re.compile(r"(?::.*\r?\n\s*)*data: ")
"""How a stream begins; a slow server may first send comments to keep the connection alive."""


_HIDDEN = "[secret]"
_SHAPED = re.compile(r"\b(?:sk|tvly|pk|ghp)[-_][A-Za-z0-9_-]{8,}|(?<=Bearer )[\w.~+/=-]{8,}|(?<=Basic )[\w+/=]{8,}")
"""What looks like a key, whosever it is."""
_NAMED = frozenset({"api_key", "apikey", "api-key", "authorization", "password", "secret", "access_token", "token"})
"""Fields that hold one."""
_QUERIED = re.compile(rf"([?&](?:{'|'.join(sorted(_NAMED))}|key)=)[^&#\s\"]+", re.IGNORECASE)
_EACH_LINE = "each line"
"""Where the lines of a request stand that is one JSON object a line."""
_VECTOR = 64
"""Numbers from which a list of them is a vector."""


class Cleaner:
    """Takes from what is recorded all that must not be in a file, or that would differ the next time."""

    def __init__(self, servers: Mapping[str, str], secrets: Sequence[str]) -> None:
        forms = [form for secret in secrets if secret for form in _forms(secret)]
        self._replaced = {**dict.fromkeys(sorted(forms, key=len, reverse=True), _HIDDEN), **servers}

    def request(self, request: Request) -> Request:
        """Return a request with nothing but its method, address, body and kind of content."""
        lines = _lines(self._clean(request.body))
        text = "\n".join(_dumped(_without_vectors(self._settled(_parsed(line)))) for line in lines)
        return Request(request.method, self._text(request.uri), text, _allowed(request.headers))

    def response(self, response: dict[str, Any]) -> dict[str, Any]:
        """Return an answer, unpacked, with its status, body and kind of content."""
        plain = decode_response(response)
        text = self._clean(plain["body"]["string"])
        settled = (
            _unfolded(self._joined(_folded(text, self._settled)))
            if _is_stream(text)
            else _dumped(self._settled(_parsed(text)))
        )
        status = {**plain["status"], "message": self._text(plain["status"].get("message") or "")}
        return {"status": status, "headers": _allowed(plain["headers"]), "body": {"string": settled.encode()}}

    def _clean(self, content: bytes | str | None) -> str:
        return self._text(content.decode("utf-8", "replace") if isinstance(content, bytes) else content or "")

    def _text(self, text: str) -> str:
        for given, name in self._replaced.items():
            text = text.replace(given, name)
        return _LOOPBACK.sub(r"\1loopback.invalid", _SHAPED.sub(_HIDDEN, _QUERIED.sub(rf"\1{_HIDDEN}", text)))

    def _joined(self, folded: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Look at what a stream said as a whole, too: a secret may come in two pieces."""
        return [{**one, "said": self._pieces(one["said"])} if "said" in one else one for one in folded]

    def _pieces(self, said: Sequence[str]) -> Sequence[str]:
        whole = "".join(said)
        clean = self._text(whole)
        return said if clean == whole else _Pieces([clean])

    def _settled(self, data: Any) -> Any:  # noqa: ANN401 - JSON
        data = _without_named(data)
        if not isinstance(data, dict):
            return data
        kept = {name: _VOLATILE.get(name, value) for name, value in data.items() if name not in _MEASURED}
        return {**kept, "model": kept["model"].rpartition("/")[2]} if "model" in kept else kept  # it may be a path


class Readable:
    """Writes cassettes as people read them: JSON as YAML, a stream as its pieces, Korean as Korean."""

    @staticmethod
    def serialize(tape: dict[str, Any]) -> str:
        """Return the text of a cassette."""
        exchanges = [
            {
                "request": {**one["request"], "body": _readable(one["request"]["body"])},
                "response": {**one["response"], "body": _shown(one["response"]["body"]["string"])},
            }
            for one in tape["interactions"]
        ]
        said = {"metadata": tape.get("metadata", {}), "interactions": exchanges, "version": tape["version"]}
        return yaml.dump(said, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=150)

    @staticmethod
    def deserialize(text: str) -> dict[str, Any]:
        """Read the text of a cassette."""
        tape: dict[str, Any] = parse_yaml(text)
        for one in tape["interactions"]:
            one["request"]["body"] = _sent(one["request"]["body"])
            shown = one["response"]["body"]
            one["response"]["body"] = {
                "string": _unfolded(shown["stream"]) if "stream" in shown else _dumped(shown["json"])
            }
        return tape


class _Pieces(list[str]):
    """What a stream said, piece by piece: one line in the file."""


class _Dumper(yaml.SafeDumper):
    pass


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _line(dumper: yaml.SafeDumper, pieces: _Pieces) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", pieces, flow_style=True)


_Dumper.add_representer(str, _block)
_Dumper.add_representer(_Pieces, _line)


def _shown(text: str) -> dict[str, Any]:
    return {"stream": _folded(text)} if _is_stream(text) else {"json": _parsed(text)}


def _is_stream(text: str) -> bool:
    return _STREAM.match(text) is not None


def _folded(text: str, settled: Callable[[Any], Any] = lambda event: event) -> list[dict[str, Any]]:
    """Return a stream's events; a run of those that differ only in what they say is one event with its pieces."""
    parted = [_parted(settled(_parsed(data))) for data in _EVENT.findall(text.replace("\r\n", "\n"))]
    folded: list[dict[str, Any]] = []
    for shape, run in groupby(parted, key=lambda one: one[0]):
        pieces = [piece for _, piece in run]
        said = [piece for piece in pieces if piece is not None]
        event = _parsed(shape)
        folded += [{"event": event, "said": _Pieces(said)}] if said else [{"event": event}] * len(pieces)
    return folded


def _unfolded(folded: Sequence[Mapping[str, Any]]) -> str:
    events = (
        _saying(one["event"], piece) if piece is not None else one["event"]
        for one in folded
        for piece in one.get("said", [None])
    )
    return "".join(f"data: {_dumped(event)}\n\n" for event in events)


def _parted(event: Any) -> tuple[str, str | None]:  # noqa: ANN401 - JSON
    """Return an event without what it says, and what it says."""
    try:
        said = event["choices"][0]["delta"]["content"]
    except (LookupError, TypeError):
        said = None
    return (_dumped(_saying(event, "")), said) if isinstance(said, str) else (_dumped(event), None)


def _saying(event: Mapping[str, Any], piece: str) -> dict[str, Any]:
    choice = event["choices"][0]
    return {**event, "choices": [{**choice, "delta": {**choice["delta"], "content": piece}}, *event["choices"][1:]]}


def _parsed(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return what a text means as JSON, or the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _dumped(data: Any) -> str:  # noqa: ANN401 - JSON
    return data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)


def _lines(text: str) -> list[str]:
    """Return the lines of a text that has a JSON object on each (NDJSON, as Elasticsearch takes it); any other is one line."""
    lines = text.splitlines()
    return lines if len(lines) > 1 and all(isinstance(_parsed(line), dict) for line in lines) else [text]


def _readable(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return a request's body as it is written down."""
    lines = _lines(text)
    return {_EACH_LINE: [_parsed(line) for line in lines]} if len(lines) > 1 else _parsed(text)


def _sent(body: Any) -> str:  # noqa: ANN401 - JSON
    """Return a request's body as it was sent."""
    if isinstance(body, dict) and _EACH_LINE in body:
        return "\n".join(map(_dumped, body[_EACH_LINE]))
    return _dumped(body)


def _without_vectors(data: Any) -> Any:  # noqa: ANN401 - JSON
    """Place a word in the place of each vector: its last digits differ from machine to machine, and nobody reads it."""
    if isinstance(data, dict):
        return {name: _without_vectors(value) for name, value in data.items()}
    if not isinstance(data, list):
        return data
    if len(data) >= _VECTOR and all(isinstance(one, int | float) for one in data):
        return f"a vector of {len(data)} numbers"
    return [_without_vectors(one) for one in data]


def _without_named(data: Any) -> Any:  # noqa: ANN401 - JSON
    """Take the values of fields that hold keys, at any depth."""
    if isinstance(data, list):
        return [_without_named(one) for one in data]
    if not isinstance(data, dict):
        return data
    return {
        name: _HIDDEN if name.lower() in _NAMED and isinstance(value, str) else _without_named(value)
        for name, value in data.items()
    }


def _forms(secret: str) -> set[str]:
    """Return the ways in which a secret may be written: plain, in an address, in base64, in JSON, in JSON within JSON."""
    once = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    twice = {json.dumps(form, ensure_ascii=False)[1:-1] for form in once}
    return {secret, quote(secret, safe=""), quote_plus(secret), b64encode(secret.encode()).decode(), *once, *twice}


def _allowed(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in headers.items() if name.lower() in _HEADERS}
