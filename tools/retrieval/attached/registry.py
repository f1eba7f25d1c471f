"""Which indexes are attached: a file of the home folder, without any credentials."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from typing_extensions import TypedDict

from stylegraph.agent.errors import IndexStoreError, InputError

FILE = "attached.json"


class Field(TypedDict):
    """A field, as its index's mapping has it."""

    path: str
    kind: str
    """Its type there."""
    nested: str
    """The path of the nested objects that it belongs to; empty: it belongs to the document."""
    exact: str
    """What holds its values whole, to filter by; empty: nothing does."""
    similarity: str
    """Of vectors: how they are compared."""
    dimension: int
    """Of vectors: their length."""


class Attachment(TypedDict):
    """One index that is attached, with what was found of it when it was."""

    name: str
    url: str
    """Of the cluster, without credentials."""
    index: str
    """Its name there: an index, an alias, a data stream or a pattern."""
    api_key_env: str
    """The environment variable that holds the API key, where it is not the one of the settings."""
    text: Field
    title: Field | None
    link: Field | None
    """Where a document's address stands."""
    vector: Field | None
    embedding: str
    """The embedding that its vectors are searched with; empty: by words only, or the cluster makes the vectors itself."""
    why_words: str
    """Why it is searched by words only; empty: it is searched by meaning too."""
    fields: dict[str, Field]
    """What can be filtered by."""
    audience: list[str]
    """Whom it is for; empty: everybody who may ask."""


class Registry:
    """The attachments of a home folder. All methods block.

    Args:
        home: The folder.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def all(self) -> dict[str, Attachment]:
        """Return the attachments by name.

        Raises:
            IndexStoreError: The file can't be read.
        """
        try:
            listed: list[Attachment] = json.loads(self._path.read_text(encoding="utf-8"))
            return {one["name"]: one for one in sorted(listed, key=lambda one: one["name"])}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError) as error:
            remedy = "Move it away, and attach the indexes again: stylegraph index attach URL/INDEX --text FIELD."
            raise IndexStoreError(f"{self._path} can't be read.", remedy) from error

    def add(self, attachment: Attachment) -> None:
        """Keep an attachment, in place of one of the same name.

        Raises:
            IndexStoreError: The file can't be read or written.
        """
        self._write({**self.all(), attachment["name"]: attachment})

    def remove(self, name: str) -> None:
        """Forget an attachment; its index stays as it is.

        Raises:
            InputError: There is none of that name.
            IndexStoreError: The file can't be read or written.
        """
        there = self.all()
        if name not in there:
            raise InputError(f"No index called {name!r} is attached.", f"There are: {', '.join(there) or 'none'}.")
        self._write({one: attachment for one, attachment in there.items() if one != name})

    def _write(self, attachments: Mapping[str, Attachment]) -> None:
        """Write all of them in one step: whoever reads sees what was there before, or what is there now."""
        text = json.dumps(list(attachments.values()), ensure_ascii=False, indent=1)
        made = ""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=self._path.parent, delete=False) as file:
                made = file.name
                file.write(text)
            Path(made).replace(self._path)
        except OSError as error:
            if made:
                with suppress(OSError):
                    Path(made).unlink()
            raise IndexStoreError(
                f"{self._path} can't be written: {error.strerror}.", "See STYLEGRAPH_HOME."
            ) from error


def read_only(name: str) -> InputError:
    """Return the error for whoever wants to change an index that is attached."""
    return InputError(
        f"The index {name} is attached, and only read.",
        f"Change it where it is made; stylegraph index detach {name} takes it out of here.",
    )
