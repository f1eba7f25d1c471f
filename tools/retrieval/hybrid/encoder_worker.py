"""A worker process: batches come in on standard input, what is made of them goes out on standard output.

It ends when its input ends, so that it never outlives the process that it works for, whatever kills that.
"""

from __future__ import annotations

import gc
import os
import pickle
import struct
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, BinaryIO

from stylegraph.tools.retrieval.hybrid.encoding import TextEncoder, encode
from stylegraph.tools.retrieval.hybrid.index import Chunk, Document

Work = Callable[[Sequence[Any], TextEncoder | None], list[Any]]
"""What is done with a batch, such as `encode`: CPU work, a function of a module, so that it travels to processes."""
HEADER = struct.Struct(">?Q")
"""Before each answer: whether it worked, and the length of the pickle that follows."""

WARM_UP = Document(
    source="", id="", title="", url=None, hash="", metadata={}, chunks=[Chunk(text="안녕하세요, hello", locator={})]
)
"""Loads the Korean analyser and the embedding before a worker calls itself ready."""


def main() -> None:
    """Receive what to do and an encoder for it, warm up, copy itself, then answer batches until there are no more."""
    requests: BinaryIO = sys.stdin.buffer
    answers: BinaryIO = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not garble the answers
    work, encoder, ends = pickle.load(requests)  # noqa: S301 - from the process that started this one
    encode([WARM_UP], encoder)
    gc.freeze()  # what is loaded is garbage in no copy, so that none writes into it
    end = _copied(ends)
    if end is not None:
        requests.close()
        answers.close()
        os.close(0)
        requests, answers = os.fdopen(end, "rb", closefd=False), os.fdopen(end, "wb", closefd=False)
        pickle.load(requests)  # noqa: S301
    _answer(answers, os.getpid(), True)
    _serve(work, encoder, requests, answers)
    for _ in ends if end is None else ():
        with suppress(ChildProcessError):
            os.wait()  # copies end with their lines; what they worked is counted as done by this one


def _copied(ends: Sequence[int]) -> int | None:
    """Make a copy of this process for each line; return the line of a copy, None in the process itself."""
    for place, end in enumerate(ends):
        if os.fork() == 0:
            for other in ends[place + 1 :]:
                os.close(other)
            return end
        os.close(end)
    return None


def _serve(work: Work, encoder: TextEncoder | None, requests: BinaryIO, answers: BinaryIO) -> None:
    while True:
        try:
            batch = pickle.load(requests)  # noqa: S301
        except EOFError:
            return
        try:
            _answer(answers, work(batch, encoder), True)
        except Exception as error:
            _answer(answers, f"{type(error).__name__}: {error}", False)


def _answer(answers: BinaryIO, answer: Any, worked: bool) -> None:  # noqa: ANN401
    data = pickle.dumps(answer, protocol=5)
    answers.write(HEADER.pack(worked, len(data)))
    answers.write(data)
    answers.flush()


if __name__ == "__main__":
    main()
