"""Checkpoints that grow with what is said and not with its square: each message is kept once, and old states go."""

from __future__ import annotations

import hashlib
import sqlite3
import uuid
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, cast

from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    empty_checkpoint,
)
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

_KEPT_APART = "stylegraph.messages"
"""Key of what stands in a checkpoint in the place of messages: their digests, one after another."""
_DIGEST = 12
_APART = (1 << 48) - 1
_AT_ONCE = 500
_TABLE = """CREATE TABLE IF NOT EXISTS messages (
    thread_id TEXT NOT NULL, digest BLOB NOT NULL, type TEXT NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (thread_id, digest)) WITHOUT ROWID"""


class _Zlib:
    """What langgraph calls a cipher: it makes bytes smaller, and hides nothing."""

    def encrypt(self, plaintext: bytes) -> tuple[str, bytes]:
        """Return the name of the method and the compressed bytes."""
        return "zlib", zlib.compress(plaintext)

    def decrypt(self, ciphername: str, ciphertext: bytes) -> bytes:
        """Return the bytes as they were."""
        return zlib.decompress(ciphertext)


def compressed() -> SerializerProtocol:
    """Return what writes values small."""
    return EncryptedSerializer(_Zlib())


def shortened(
    values: Mapping[str, Any], serde: SerializerProtocol
) -> tuple[dict[str, Any], list[tuple[bytes, str, bytes]]]:
    """Return values with digests in the place of messages, and the messages: digest, type, what is to be kept."""
    short, rows = dict(values), []
    for name, value in values.items():
        if isinstance(value, list) and value and all(isinstance(one, BaseMessage) for one in value):
            kept = [serde.dumps_typed(message) for message in value]
            named = [hashlib.blake2b(content, digest_size=_DIGEST).digest() for _, content in kept]
            short[name] = {_KEPT_APART: b"".join(named)}
            rows += [(digest, *one) for digest, one in zip(named, kept, strict=True)]
    return short, rows


def named_by_digest(values: Mapping[str, Any]) -> list[bytes]:
    """Return the digests of the messages that shortened values name."""
    return list(dict.fromkeys(digest for value in values.values() for digest in _digests(value) or ()))


def whole(
    found: CheckpointTuple, known: Mapping[bytes, tuple[str, bytes]], serde: SerializerProtocol
) -> CheckpointTuple:
    """Return a checkpoint with its messages.

    Args:
        found: As it was kept.
        known: The messages by their digests.
        serde: What they were written by.
    """
    values = dict(found.checkpoint["channel_values"])
    for name, value in values.items():
        if (digests := _digests(value)) is not None:
            values[name] = [serde.loads_typed(known[digest]) for digest in digests if digest in known]
    return found._replace(checkpoint=cast(Checkpoint, {**found.checkpoint, "channel_values": values}))


def _digests(value: object) -> list[bytes] | None:
    if not (isinstance(value, Mapping) and value.keys() == {_KEPT_APART}):
        return None
    joined = value[_KEPT_APART]
    return [joined[start : start + _DIGEST] for start in range(0, len(joined), _DIGEST)]


def beginning_of(checkpoint: Checkpoint, metadata: CheckpointMetadata) -> tuple[Checkpoint, CheckpointMetadata]:
    """Return the empty state before the first one of a conversation: what asking its first question again goes back to."""
    start = Checkpoint(**{**empty_checkpoint(), "id": _just_before(checkpoint["id"])})
    return start, {**metadata, "source": "input", "step": -1}


def place(given: RunnableConfig | Mapping[str, Any] | None) -> RunnableConfig | None:
    """Return a place in a conversation as langgraph has it; its server hands on a checkpoint as a client names it."""
    if given is None or "configurable" in given:
        return cast("RunnableConfig | None", given)
    return {"configurable": dict(given)}


def _just_before(checkpoint: str) -> str:
    """Return an id that sorts before another: the same time, and nothing of what tells two of one time apart."""
    return str(uuid.UUID(int=uuid.UUID(checkpoint).int & ~_APART))


class CompactSaver(SqliteSaver):
    """A `SqliteSaver` whose file grows by what a turn adds.

    langgraph's own writes the whole conversation into each checkpoint. Files that it wrote are read too.

    Args:
        connection: The file.
        most: How many checkpoints of a conversation are kept, the newest; 0: all.
    """

    def __init__(self, connection: sqlite3.Connection, most: int = 0) -> None:
        super().__init__(connection, serde=compressed())
        self._most = most

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Keep a checkpoint, its messages apart; drop what is older than the newest ones."""
        thread = str(config["configurable"]["thread_id"])
        values = self._shortened(thread, checkpoint["channel_values"])
        kept = super().put(config, cast(Checkpoint, {**checkpoint, "channel_values": values}), metadata, new_versions)
        if self._most:
            self._drop_old(thread, config["configurable"].get("checkpoint_ns", ""))
        return kept

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return a checkpoint with its messages."""
        found = super().get_tuple(config)
        return found and self._restored(found)

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - langgraph's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """Return checkpoints with their messages, newest first."""
        for found in [
            *super().list(config, filter=filter, before=place(before), limit=limit)
        ]:  # the lock is not held twice
            yield self._restored(found)

    def delete_thread(self, thread_id: str) -> None:
        """Forget a conversation."""
        super().delete_thread(thread_id)
        with self.cursor() as cursor:
            cursor.execute("DELETE FROM messages WHERE thread_id = ?", (str(thread_id),))

    def make_tables(self) -> None:
        """Make the tables where they are missing."""
        self.setup()
        self.conn.execute(_TABLE)

    def _shortened(self, thread: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Keep messages that are not kept yet; return values that name them. They are committed with the checkpoint."""
        short, rows = shortened(values, self.serde)
        with self.lock, closing(self.conn.cursor()) as cursor:
            cursor.executemany("INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?)", [(thread, *row) for row in rows])
        return short

    def _restored(self, found: CheckpointTuple) -> CheckpointTuple:
        digests = named_by_digest(found.checkpoint["channel_values"])
        return whole(found, dict(self._messages(str(found.config["configurable"]["thread_id"]), digests)), self.serde)

    def _messages(self, thread: str, digests: Sequence[bytes]) -> Iterator[tuple[bytes, tuple[str, bytes]]]:
        with self.cursor(transaction=False) as cursor:
            for start in range(0, len(digests), _AT_ONCE):
                some = digests[start : start + _AT_ONCE]
                marks = ",".join("?" * len(some))
                found = cursor.execute(
                    f"SELECT digest, type, value FROM messages WHERE thread_id = ? AND digest IN ({marks})",  # noqa: S608
                    (thread, *some),
                )
                yield from ((digest, (kind, content)) for digest, kind, content in found)

    def _drop_old(self, thread: str, namespace: str) -> None:
        """Drop all but the newest checkpoints; their ids rise with time."""
        oldest = """(SELECT checkpoint_id FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = ?
            ORDER BY checkpoint_id DESC LIMIT 1 OFFSET ?)"""
        with self.cursor() as cursor:
            for table in ("writes", "checkpoints"):
                cursor.execute(
                    f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id <= {oldest}",  # noqa: S608
                    (thread, namespace, thread, namespace, self._most),
                )
