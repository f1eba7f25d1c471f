"""Other ways to a node: through TLS, through a door that can be shut, and to a server that says nothing."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ssl
import subprocess
from contextlib import asynccontextmanager


def make_certificate(folder):
    """Make a certificate for 127.0.0.1 that is its own authority; give its file, its key's, and its fingerprint."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    binary = ssl.PEM_cert_to_DER_cert(certificate.read_text())
    return certificate, key, hashlib.sha256(binary).hexdigest()


@asynccontextmanager
async def tls_door(target, certificate, key):
    """Take TLS on a free port, and pass what comes to host:port; give the URL."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    host, port = target

    async def through(reader, writer):
        inner_reader, inner_writer = await asyncio.open_connection(host, port)
        await asyncio.gather(_pass_on(reader, inner_writer), _pass_on(inner_reader, writer))

    server = await asyncio.start_server(through, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


class Door:
    """A port that leads to a node until it is shut: then connections break, and new ones are refused."""

    def __init__(self, host, port):
        self._target = host, port
        self._port = 0
        self._writers = []

    @classmethod
    @asynccontextmanager
    async def before(cls, url):
        """Return an open door to a node."""
        host, _, port = url.rpartition("/")[2].partition(":")
        door = cls(host, int(port))
        await door.open()
        try:
            yield door
        finally:
            await door.shut()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._port}"

    async def open(self):
        self._server = await asyncio.start_server(self._through, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def shut(self):
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _through(self, reader, writer):
        inner_reader, inner_writer = await asyncio.open_connection(*self._target)
        self._writers += [writer, inner_writer]
        await asyncio.gather(_pass_on(reader, inner_writer), _pass_on(inner_reader, writer))


@asynccontextmanager
async def silent_door():
    """Take connections and say nothing; give the URL."""
    held = []

    async def hold(reader, writer):
        held.append(writer)
        await reader.read()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in held:
            writer.close()


async def _pass_on(reader, writer):
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
