"""Sessions of browsers: who they name, and when they end."""

from __future__ import annotations

import asyncio
import hashlib
import stat
import time

import jwt
import pytest
from starlette.responses import Response

from stylegraph.agent.settings import load_settings
from stylegraph.graphs.server.auth.accounts import Accounts
from stylegraph.graphs.server.auth.sessions import HOST_COOKIE, remember

KEYS = {"kim": "kim-key-that-is-long-enough", "lee": "lee-key-that-is-long-enough"}


def accounts(home, **keys):
    groups = {"staff": ["kim"]}
    return Accounts(load_settings(server_keys=keys or KEYS, server_groups=groups, home=home))


async def test_a_session_names_its_user_with_their_groups_also_to_another_server_of_the_same_home(tmp_path):
    session = await accounts(tmp_path).session("kim", KEYS["kim"])
    person = await accounts(tmp_path).visitor(session)
    assert (person.identity, person.groups, person.trusted) == ("kim", ("staff",), False)
    assert KEYS["kim"] not in session
    assert hashlib.sha256(KEYS["kim"].encode()).hexdigest() not in session


async def test_the_secret_is_readable_by_the_server_alone_and_made_once(tmp_path):
    servers = [accounts(tmp_path) for _ in range(4)]
    sessions = await asyncio.gather(*(one.session("kim", "") for one in servers))
    assert [(await servers[0].visitor(one)).identity for one in sessions] == ["kim"] * 4
    assert stat.S_IMODE((tmp_path / "session.secret").stat().st_mode) == 0o600


async def test_it_ends_with_the_key_and_with_the_user(tmp_path):
    session = await accounts(tmp_path).session("kim", KEYS["kim"])
    assert await accounts(tmp_path, kim="another-key-that-is-long", lee=KEYS["lee"]).visitor(session) is None
    assert await accounts(tmp_path, lee=KEYS["lee"]).visitor(session) is None


async def test_it_ends_after_thirty_days(tmp_path, monkeypatch):
    then = time.time() - 31 * 86_400
    monkeypatch.setattr(time, "time", lambda: then)
    session = await accounts(tmp_path).session("kim", KEYS["kim"])
    monkeypatch.undo()
    assert await accounts(tmp_path).visitor(session) is None


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
async def test_nobody_makes_one_without_the_secret(tmp_path, algorithm):
    known = accounts(tmp_path)
    claims = jwt.decode(await known.session("kim", ""), options={"verify_signature": False})
    secret = None if algorithm == "none" else hashlib.sha256(KEYS["kim"].encode()).digest()
    forged = jwt.encode({**claims, "sub": "kim"}, secret, algorithm)
    assert await known.visitor(forged) is None
    assert await known.visitor("stylegraph") is None


async def test_a_session_is_no_key(tmp_path):
    known = accounts(tmp_path)
    assert await known.person(await known.session("kim", KEYS["kim"])) is None


@pytest.mark.parametrize(
    ("scheme", "forwarded", "name"),
    [("http", None, "stylegraph-session"), ("https", None, HOST_COOKIE), ("http", "https", HOST_COOKIE)],
)
def test_over_https_a_browser_keeps_it_for_this_very_host_alone(scheme, forwarded, name):
    headers = [(b"x-forwarded-proto", forwarded.encode())] if forwarded else []
    kept = remember(Response(), "token", {"type": "http", "scheme": scheme, "headers": headers}).headers["set-cookie"]
    assert kept.startswith(f"{name}=token;")
    assert "HttpOnly" in kept
    assert "Path=/" in kept
    assert ("Secure" in kept) == (name == HOST_COOKIE)
    assert "Domain" not in kept
