"""Checkpoints that grow with what is said and not with its square: each message is kept once, and old states go."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, cast

from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata, CheckpointTuple
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

_KEPT_APART = "stylegraph.messages"
"""Key of what stands in a checkpoint in the place of messages: their digests, one after another."""
_DIGEST = 12
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


class CompactSaver(SqliteSaver):
    """A `SqliteSaver` whose file grows by what a turn adds.

    langgraph's own writes the whole conversation into each checkpoint. Files that it wrote are read too.

    Args:
        connection: The file.
        most: How many checkpoints of a conversation are kept, the newest; 0: all.
    """

    def __init__(self, connection: sqlite3.Connection, most: int = 0) -> None:
        super().__init__(connection, serde=EncryptedSerializer(_Zlib()))
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
        values = {name: self._shortened(thread, value) for name, value in checkpoint["channel_values"].items()}
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
        for found in [*super().list(config, filter=filter, before=before, limit=limit)]:  # the lock is not held twice
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

    def _shortened(self, thread: str, value: object) -> object:
        """Keep messages that are not kept yet; return what names them. Any other value stays as it is.

        They are committed with the checkpoint that names them.
        """
        if not (isinstance(value, list) and value and all(isinstance(one, BaseMessage) for one in value)):
            return value
        rows = []
        for message in value:
            kind, content = self.serde.dumps_typed(message)
            rows.append((thread, hashlib.blake2b(content, digest_size=_DIGEST).digest(), kind, content))
        with self.lock, closing(self.conn.cursor()) as cursor:
            cursor.executemany("INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?)", rows)
        return {_KEPT_APART: b"".join(digest for _, digest, _, _ in rows)}

    def _restored(self, found: CheckpointTuple) -> CheckpointTuple:
        thread, values = str(found.config["configurable"]["thread_id"]), found.checkpoint["channel_values"]
        whole = {name: self._together(thread, value) for name, value in values.items()}
        return found._replace(checkpoint=cast(Checkpoint, {**found.checkpoint, "channel_values": whole}))

    def _together(self, thread: str, value: object) -> object:
        if not (isinstance(value, Mapping) and value.keys() == {_KEPT_APART}):
            return value
        joined = value[_KEPT_APART]
        digests = [joined[start : start + _DIGEST] for start in range(0, len(joined), _DIGEST)]
        known = dict(self._messages(thread, list(dict.fromkeys(digests))))
        return [self.serde.loads_typed(known[digest]) for digest in digests if digest in known]

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
