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
from standins.chat import Fault, Seen, chat_server
from standins.turns import all_full, graded, routing

_KINDS = ("route", "write", "chat", "grade_evidence", "grade_answer")
_BAD_KEY, _BUSY, _DOWN = ({"error": {"message": text}} for text in ("bad key", "slow down", "out of order"))


def _in_language(ko: str, en: str) -> Callable[[Seen], str]:
    return lambda seen: ko if re.search(r"[가-힣]", seen.text) else en


_route = routing("documents=linen")
_write = _in_language(
    '린넨은 30도 이하의 찬물에서 빠세요 [1].\n---\n[1] "30도 이하의 찬물에서 중성세제로 빤다"',
    'Wash linen in cold water [1].\n---\n[1] "Wash linen in cold water"',
)
_made_up = _in_language(
    '린넨은 95도로 삶으세요 [1].\n---\n[1] "95도로 삶는다"',
    'Boil linen at 95 degrees [1].\n---\n[1] "Boil it at 95 degrees"',
)
_WELL: dict[str, Any] = {"route": _route, "write": _write, "grade_evidence": all_full, "grade_answer": graded()}
SCRIPTS: dict[str, dict[str, Any]] = {
    "well": _WELL,
    "down": dict.fromkeys(_KINDS, Fault(500, _DOWN)),
    "key-refused": dict.fromkeys(_KINDS, Fault(401, _BAD_KEY)),
    "too-many": dict.fromkeys(_KINDS, Fault(429, _BUSY)),
    "not-json": {**_WELL, "route": "I think so", "grade_evidence": "good, all of it", "grade_answer": "{"},
    "empty": {**_WELL, "route": "", "write": "", "grade_answer": ""},
    "refuses": {**_WELL, "write": Fault(refusal="I can't help with that.")},
    "makes-up": {**_WELL, "write": _made_up},
    "never-good": {**_WELL, "grade_answer": graded("no", missing=["more"], queries=["linen care"])},
}


async def _main(script: str, port: str) -> None:
    async with chat_server(port=int(port), **SCRIPTS[script]) as server:
        print(f"listening on {server.url}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:3]))
