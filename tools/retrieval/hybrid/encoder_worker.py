"""A worker process: batches come in on standard input, what is made of them goes out on standard output.

It ends when its input ends, so that it never outlives the process that it works for, whatever kills that.
"""

from __future__ import annotations

import os
import pickle
import struct
import sys
from typing import Any, BinaryIO

from stylegraph.tools.retrieval.hybrid.encoding import encode
from stylegraph.tools.retrieval.hybrid.index import Chunk, Document

HEADER = struct.Struct(">?Q")
"""Before each answer: whether it worked, and the length of the pickle that follows."""

WARM_UP = Document(
    source="", id="", title="", url=None, hash="", metadata={}, chunks=[Chunk(text="안녕하세요, hello", locator={})]
)
"""Loads the Korean analyser and the embedding before a worker calls itself ready."""


def main() -> None:
    """Receive what to do and an encoder for it, warm up, then answer batches until there are no more."""
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not garble the answers
    work, encoder = pickle.load(requests)  # noqa: S301 - from the process that started this one
    _answer(answers, bool(encode([WARM_UP], encoder)), True)
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
