"""Who may use the server: by keys, and by tokens that a real issuer signs and publishes keys for."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from stylegraph.agent.errors import SettingsError
from stylegraph.agent.settings import load_settings
from stylegraph.graphs.server.auth.accounts import Accounts, Person, new_key

ISSUER, AUDIENCE = "https://id.example", "stylegraph"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def published(*named):
    made = []
    for name, key in named:
        algorithm = (
            jwt.algorithms.ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else jwt.algorithms.RSAAlgorithm
        )
        made.append(json.loads(algorithm.to_jwk(key.public_key())) | {"kid": name, "use": "sig"})
    return json.dumps({"keys": made})


@contextmanager
def issuer(document):
    """A server that publishes an issuer's keys; it counts how often it is asked."""
    state = {"document": document, "asked": 0}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            state["asked"] += 1
            self.send_response(200 if state["document"] else 503)
            self.send_header("content-type", "application/jwk-set+json")
            self.end_headers()
            self.wfile.write(state["document"].encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state["url"] = f"http://127.0.0.1:{server.server_address[1]}/keys"
    try:
        yield state
    finally:
        server.shutdown()


def oidc(state, **others):
    return load_settings(
        server_oidc_issuer=ISSUER, server_oidc_audience=AUDIENCE, server_oidc_jwks=state["url"],
        fetch_allow_hosts=["127.0.0.1"], **others,
    )  # fmt: skip


def token(key=KEY, name="one", algorithm="RS256", **claims):
    now = int(time.time())
    plain = {"iss": ISSUER, "aud": AUDIENCE, "sub": "kim", "exp": now + 300, "iat": now}
    chosen = {claim: value for claim, value in (plain | claims).items() if value is not None}
    return jwt.encode(chosen, key, algorithm, {"kid": name})


async def test_a_key_says_who_somebody_is_and_which_groups_they_are_in():
    key, kept = new_key()
    accounts = Accounts(
        load_settings(server_keys={"kim": kept, "lee": "a-key-of-one's-own-choosing"}, server_groups={"staff": ["kim"]})
    )
    assert await accounts.person(key) == Person("kim", ("staff",))
    assert await accounts.person("a-key-of-one's-own-choosing") == Person("lee")
    for wrong in ("", kept, key[:-1], key + "x"):
        assert await accounts.person(wrong) is None


def test_of_keys_only_their_hashes_are_kept():
    accounts = Accounts(load_settings(server_keys={"lee": "a-key-of-one's-own-choosing"}))
    assert "choosing" not in repr(vars(accounts))


@pytest.mark.parametrize(
    "keys", [{"kim": "short"}, {"": "x" * 30}, {"oidc:kim": "x" * 30}, {"kim": "x" * 30, "lee": "x" * 30}]
)
def test_keys_that_keep_nobody_out_are_refused(keys):
    with pytest.raises(SettingsError):
        Accounts(load_settings(server_keys=keys))


def test_an_issuer_without_its_audience_is_refused():
    with pytest.raises(SettingsError, match="AUDIENCE"):
        Accounts(load_settings(server_oidc_issuer=ISSUER))


async def test_a_token_of_the_issuer_is_believed():
    with issuer(published(("one", KEY))) as state:
        accounts = Accounts(oidc(state, server_groups={"buyers": ["oidc:kim"]}))
        assert await accounts.person(token(groups=["staff"])) == Person("oidc:kim", ("buyers", "staff"))
        assert await accounts.person(token(sub="lee")) == Person("oidc:lee")
        assert state["asked"] == 1


@pytest.mark.parametrize(
    "forged",
    [
        lambda: token(key=OTHER),
        lambda: token(name="two"),
        lambda: token(exp=int(time.time()) - 60),
        lambda: token(exp=None),
        lambda: token(sub=None),
        lambda: token(sub=""),
        lambda: token(iss="https://evil.example"),
        lambda: token(aud="another"),
        lambda: token(nbf=int(time.time()) + 600),
        lambda: token(key="", algorithm="none"),
        lambda: token(key="x" * 64, algorithm="HS256"),
        lambda: token()[:-6] + "AAAAAA",
        lambda: "a.b.c",
    ],
)
async def test_a_token_that_is_not_of_the_issuer_or_not_for_us_is_not(forged):
    with issuer(published(("one", KEY))) as state:
        assert await Accounts(oidc(state)).person(forged()) is None


async def test_a_new_key_of_the_issuer_is_found_and_an_old_one_lasts_while_it_is_away(monkeypatch):
    with issuer(published(("one", KEY))) as state:
        accounts = Accounts(oidc(state))
        assert await accounts.person(token())
        later = time.monotonic() + 60
        monkeypatch.setattr(time, "monotonic", lambda: later)
        state["document"] = published(("one", KEY), ("two", OTHER))
        assert await accounts.person(token(key=OTHER, name="two"))
        later += 3600
        state["document"] = ""
        assert await accounts.person(token())
        asked = state["asked"]
        assert await accounts.person(token(key=OTHER, name="two"))
        assert state["asked"] == asked


async def test_made_up_names_of_keys_do_not_make_it_ask_again_and_again():
    with issuer(published(("one", KEY))) as state:
        accounts = Accounts(oidc(state))
        for number in range(20):
            assert await accounts.person(token(name=f"made up {number}")) is None
        assert state["asked"] == 1


async def test_an_issuer_that_can_not_be_asked_is_said_to_be():
    with issuer("") as state, pytest.raises(SettingsError, match="can't be fetched"):
        await Accounts(oidc(state)).person(token())


async def test_keys_are_not_fetched_from_inside_the_network_unless_it_is_allowed():
    with issuer(published(("one", KEY))) as state:
        settings = oidc(state).model_copy(update={"fetch_allow_hosts": []})
        with pytest.raises(SettingsError):
            await Accounts(settings).person(token())
        assert state["asked"] == 0
