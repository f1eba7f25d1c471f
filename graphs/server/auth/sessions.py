"""Sessions of browsers: who has shown their key once is known by a cookie that no script can read.

The cookie is a signed token (JWT, HS256) that names the user, not their key. It ends after thirty days, and with the key: a
fingerprint of the key is in it. The secret that signs lies beside everything else that the server keeps, for itself alone;
hashes of keys don't sign, since whoever sees the settings would know them. Over HTTPS its name begins with `__Host-`: a browser
takes such a cookie from this very host alone, and nobody on a neighbouring one can plant theirs.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path

import jwt
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Scope

COOKIE = "stylegraph-session"
HOST_COOKIE = f"__Host-{COOKIE}"
"""Its name over HTTPS; a browser takes no cookie of that name otherwise."""
KEPT_IN = "session.secret"
"""The file of the secret, in the home folder."""
SECONDS = 30 * 86_400
_ALGORITHM = "HS256"
_BYTES = 32
_SAFE = ("GET", "HEAD", "OPTIONS")


class Sessions:
    """Makes session tokens and reads them.

    Args:
        secret: The file of the secret; made when the first session begins.
        keys: User -> hash of their key.
    """

    def __init__(self, secret: Path, keys: Mapping[str, bytes]) -> None:
        self._file = secret
        self._keys = keys
        self._secret: bytes | None = None

    async def begin(self, user: str) -> str:
        """Return a token for a user who has shown their key."""
        secret = await self._read()
        claims = {"sub": user, "key": self._fingerprint(secret, user), "exp": int(time.time()) + SECONDS}
        return jwt.encode(claims, secret, _ALGORITHM)

    async def user(self, token: str) -> str | None:
        """Return whose token this is; None if it is forged, over, or of a key that is no longer theirs."""
        if not self._keys:
            return None
        secret = await self._read()
        try:
            claims = jwt.decode(token, secret, [_ALGORITHM], options={"require": ["exp", "sub"]})
        except jwt.InvalidTokenError:
            return None
        user = str(claims["sub"])
        ours = user in self._keys and hmac.compare_digest(str(claims.get("key", "")), self._fingerprint(secret, user))
        return user if ours else None

    def _fingerprint(self, secret: bytes, user: str) -> str:
        return hmac.new(secret, self._keys[user], hashlib.sha256).hexdigest()

    async def _read(self) -> bytes:
        if self._secret is None:
            self._secret = await asyncio.to_thread(secret_in, self._file)
        return self._secret


def is_secure(scope: Scope) -> bool:
    """Check whether a request came over HTTPS, by itself or to the proxy before this server."""
    return scope.get("scheme") in ("https", "wss") or Headers(scope=scope).get("x-forwarded-proto") == "https"


def session_in(scope: Scope) -> str | None:
    """Return the token that a browser has sent."""
    return cookie_parser(Headers(scope=scope).get("cookie", "")).get(_name(scope))


def _name(scope: Scope) -> str:
    return HOST_COOKIE if is_secure(scope) else COOKIE


def from_own_page(method: str, headers: Headers) -> bool:
    """Check whether a request that a browser put its cookie on comes from a page of this server, where it changes something.

    A browser says of each such request which site's page makes it. A named origin (`server_origins`) brings a key, no cookie.
    """
    host = headers.get("host", "")
    origin = headers.get("origin")
    if origin is not None:
        return origin.partition("://")[2] == host
    return method in _SAFE or headers.get("sec-fetch-site") == "same-origin"


def remember(response: Response, token: str, scope: Scope) -> Response:
    """Let a browser keep a session."""
    secure = is_secure(scope)
    response.set_cookie(_name(scope), token, max_age=SECONDS, httponly=True, samesite="strict", secure=secure)
    return response


def forget(response: Response, scope: Scope) -> Response:
    """Let a browser forget its session."""
    response.delete_cookie(_name(scope), httponly=True, samesite="strict", secure=is_secure(scope))
    return response


def secret_in(file: Path) -> bytes:
    """Read the secret; make it where there is none, so that of several servers one makes it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _complete(file)
    with os.fdopen(made, "wb") as writing:
        writing.write(secret := secrets.token_bytes(_BYTES))
    return secret


def _complete(file: Path) -> bytes:
    """Read the secret that another server may be writing now."""
    for _ in range(20):
        if len(secret := file.read_bytes()) == _BYTES:
            return secret
        time.sleep(0.05)
    file.unlink()
    return secret_in(file)
