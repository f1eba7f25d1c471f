"""A stand-in for a chat model's server that does as a script says, to be recorded: `python tests/standins/outages.py SCRIPT PORT`.

Every script is about the one fact of `evals/cases/outages.yaml`. Port 0 takes a free one.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])  # beside this file stands an `http` that is not the library's
from standins.chat import Fault, Seen, calls, chat_server, per_turn
from standins.turns import graded

_KINDS = ("agent", "form", "grade")
_BAD_KEY, _BUSY, _DOWN = ({"error": {"message": text}} for text in ("bad key", "slow down", "out of order"))


def _in_language(ko: str, en: str) -> Callable[[Seen], str]:
    return lambda seen: ko if re.search(r"[가-힣]", seen.text) else en


_look_up = calls(documents="linen")
_write = _in_language("린넨은 30도 이하의 찬물에서 빠세요 [1.1].", "Wash linen in cold water [1.1].")
_made_up = _in_language("린넨은 95도로 삶으세요 [9.1].", "Boil linen at 95 degrees [9.1].")
_WELL: dict[str, Any] = {"agent": per_turn(_look_up, _write), "grade": graded()}
SCRIPTS: dict[str, dict[str, Any]] = {
    "well": _WELL,
    "down": dict.fromkeys(_KINDS, Fault(500, _DOWN)),
    "key-refused": dict.fromkeys(_KINDS, Fault(401, _BAD_KEY)),
    "too-many": dict.fromkeys(_KINDS, Fault(429, _BUSY)),
    "not-json": {**_WELL, "grade": "{"},
    "empty": {"agent": "", "grade": ""},
    "refuses": {**_WELL, "agent": per_turn(_look_up, Fault(refusal="I can't help with that."))},
    "makes-up": {"agent": per_turn(_look_up, _made_up), "grade": graded(unsupported=[1])},
    "never-good": {**_WELL, "grade": graded("no", missing=["more"])},
}


async def _main(script: str, port: str) -> None:
    async with chat_server(port=int(port), **SCRIPTS[script]) as server:
        print(f"listening on {server.url}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:3]))
