"""Every error that stylegraph raises on purpose.

StylegraphError
├── SettingsError           a setting is missing, unreadable or contradicts another
│   └── MissingExtraError   what is asked for needs packages that are not installed
├── InputError              what was given can't be used: a question, a picture, a file, a line of JSONL
│   └── FetchError          a URL that is refused, too big, too slow, or not what it says
├── IndexStoreError         an index can't be opened, read or written
│   └── EmbeddingMismatchError   made with another embedding
├── KeepingError            conversations or profiles can't be opened, read or written
├── CatalogueError          a catalogue has rows that can't be used
├── SourceError             a source of evidence did not answer
├── TurnInterruptedError    a source of the user's own waits for an answer from whoever asked
├── EmbeddingError          an embedding's server did not answer, or not with vectors that can be used
└── ModelError              a chat model did not answer, or not in the form that was asked for

A message says what happened and what to do about it; it never carries a secret or a traceback.
"""

from __future__ import annotations

import copyreg
from collections.abc import Sequence
from typing import Any

from stylegraph.agent.redaction import without_places


class StylegraphError(Exception):
    """Base of all errors that stylegraph raises on purpose.

    Args:
        message: What happened, in one sentence.
        remedy: What the reader can do about it, in one sentence; shown after the message.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what it says, whatever its class is made of."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]

    def model_dump(self) -> dict[str, str]:
        """Return it as plain data: LangGraph's server sends it on so, and hides what an error says that can't do this.

        Whoever asks a server is not told where its files lie.
        """
        return {"error": type(self).__name__, "message": without_places(str(self))}


class SettingsError(StylegraphError):
    """A setting is missing, unreadable or contradicts another."""


class MissingExtraError(SettingsError):
    """What is asked for needs packages of an extra that is not installed.

    Args:
        what: What needs them, as the beginning of a sentence.
        extra: The extra that brings them.
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs packages that are not installed.", f"pip install 'stylegraph[{extra}]'")
        self.extra = extra


class InputError(StylegraphError):
    """What was given can't be used: a question, a picture, a file, a line of JSONL."""


class FetchError(InputError):
    """A URL that is refused, too big, too slow, or not what it says it is."""


class IndexStoreError(StylegraphError):
    """An index can't be opened, read or written."""


class EmbeddingMismatchError(IndexStoreError):
    """An index was made with another embedding than the one that is set."""


class KeepingError(StylegraphError):
    """Conversations or profiles can't be opened, read or written."""


class CatalogueError(StylegraphError):
    """A catalogue has rows that can't be used."""


class SourceError(StylegraphError):
    """A source of evidence did not answer."""


class TurnInterruptedError(StylegraphError):
    """A turn waits for an answer: a source of the user's own called langgraph's `interrupt()`.

    Args:
        interrupts: What each `interrupt()` was called with.
    """

    def __init__(self, interrupts: Sequence[Any]) -> None:
        super().__init__(
            "The turn waits for an answer that one of its sources asked for.",
            "Resume it: ask(assistant, Command(resume=...), thread=...), in the thread that the question was asked in.",
        )
        self.interrupts = list(interrupts)


class EmbeddingError(StylegraphError):
    """An embedding's server did not answer, or not with vectors that can be used."""


class ModelError(StylegraphError):
    """A chat model did not answer, or not in the form that was asked for."""
