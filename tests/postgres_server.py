"""A real PostgreSQL for tests: one that is named, or one that is started on a free port and thrown away."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from served import free_port

_DEBIAN = Path("/usr/lib/postgresql")
_SMALL = "-c shared_buffers=32MB -c max_connections=60 -c fsync=off -c listen_addresses=127.0.0.1"
"""`fsync=off`: what is tested is a killed server, not a power cut."""


@contextmanager
def postgres():
    """Give the address of a database: that of STYLEGRAPH_TEST_DATABASE, or one that is started; or skip."""
    if named := os.environ.get("STYLEGRAPH_TEST_DATABASE"):
        yield named
        return
    pytest.importorskip("psycopg", reason="the extra postgres is not installed")
    initdb, server = _program("initdb"), _program("postgres")
    if not initdb or not server:
        pytest.skip("no PostgreSQL: apt-get install postgresql, or set STYLEGRAPH_TEST_DATABASE")
    folder = Path(tempfile.mkdtemp(prefix="stylegraph-postgres-"))
    try:
        with _running(folder, initdb, server) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(folder, initdb, server):
    user = _not_root(folder)
    subprocess.run([initdb, "-D", folder / "data", "-U", "stylegraph", "--auth=trust", "-E", "UTF8", "--locale=C", "-N"],
                   check=True, capture_output=True, user=user, cwd=folder)  # fmt: skip
    port = free_port()
    command = [server, "-D", folder / "data", "-p", str(port), "-k", folder, *_SMALL.split()]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, user=user, cwd=folder)
    try:
        url = f"postgresql://stylegraph@127.0.0.1:{port}/postgres"
        _wait(url, process, folder / "log")
        yield url
    finally:
        process.send_signal(signal.SIGINT)  # "fast": it lets go of its clients
        process.wait(timeout=20)


def _not_root(folder):
    """Return whom it runs as: it refuses root."""
    if os.geteuid():
        return None
    user = (
        "postgres" if subprocess.run(["id", "postgres"], capture_output=True, check=False).returncode == 0 else "nobody"
    )
    shutil.chown(folder, user)
    return user


def _wait(url, process, log):
    import psycopg

    for _ in range(100):
        try:
            psycopg.connect(url, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.2)
    pytest.fail(f"PostgreSQL did not start:\n{log.read_text()[-2000:]}")


def _program(name):
    newest = sorted(_DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return shutil.which(name) or (str(newest[-1]) if newest else None)
