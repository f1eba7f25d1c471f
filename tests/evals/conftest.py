"""What the tests of recordings share."""

from __future__ import annotations

import socket

import pytest


@pytest.fixture
def no_network(monkeypatch):
    """Let nothing leave the process."""
    tried: list[object] = []

    def refused(_self: socket.socket, address: object) -> None:
        tried.append(address)
        raise ConnectionRefusedError("there is no network in this test")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refused)
    return tried
