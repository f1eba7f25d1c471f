"""The gate: every request passes it first, whatever it asks for, and learns there whose it is."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from stylegraph.agent.errors import SettingsError
from stylegraph.graphs.server.auth.accounts import LOCAL, Accounts, Person
from stylegraph.graphs.server.auth.sessions import from_own_page, session_in

SHARED = "/shared"
"""Where a conversation is read by a link, and under it the photos in it."""
_PERSON = "stylegraph.person"
_ACCOUNTS = "stylegraph.accounts"
PUBLIC = frozenset({"/", "/ok", "/ready", "/favicon.ico"})
"""What anybody may ask for; and what is under `/page/`."""
_CLOSED = ("/internal", "/deploy", "/ui")
"""What the development server offers and nobody needs: it would empty the store, or run a deployment."""
_FORWARDED = (
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-original-host",
    "x-real-ip",
    "cf-connecting-ip",
    "true-client-ip",
)
"""What a proxy tells of whom it asks for: nginx, Caddy, Traefik, Apache, HAProxy and clouds send at least one of them."""
_SIGN_IN = "Send your key as `Authorization: Bearer KEY`."
_THIS_MACHINE_ONLY = (
    "This server knows no users, so it answers this machine only. "
    "Set STYLEGRAPH_SERVER_KEYS or STYLEGRAPH_SERVER_OIDC_ISSUER and send a key."
)
_STRANGE_ORIGIN = "Pages of other sites may not call this server; STYLEGRAPH_SERVER_ORIGINS names those that may."


def person_in(scope: Scope) -> Person | None:
    """Return whom the gate let in, if it was somebody."""
    found = scope.get(_PERSON)
    return found if isinstance(found, Person) else None


def accounts_in(scope: Scope) -> Accounts:
    """Return the accounts of the gate that a request has passed."""
    found: Accounts = scope[_ACCOUNTS]
    return found


class Gate:
    """Lets in who says who they are, and nobody from a page of another site.

    Where no users are set, whoever asks from this machine is its owner. That is told by the address they ask from and
    by the name they ask for: a page that makes its own name lead here (DNS rebinding) still asks for that name.

    Args:
        app: What is behind it.
        accounts: Who may come in.
        origins: Sites whose pages may call.
        readers: Whether anybody may read a conversation by its link.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts, origins: Sequence[str] = (), *, readers: bool = False) -> None:
        self._app = app
        self._accounts = accounts
        self._origins = frozenset(origins)
        self._readers = readers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] not in ("http", "websocket") or inside(scope):
            await self._app(scope, receive, send)
            return
        refusal = self._refused_at_sight(scope) or await self._identify(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(code=1008)(scope, receive, send)
        else:
            await refusal(scope, receive, send)

    def _refused_at_sight(self, scope: Scope) -> Response | None:
        headers, path = Headers(scope=scope), path_of(scope)
        if any(path == closed or path.startswith(f"{closed}/") for closed in _CLOSED):
            return JSONResponse({"detail": "Not found"}, 404)
        origin = headers.get("origin")
        if origin and origin not in self._origins and urlsplit(origin).netloc != headers.get("host"):
            return JSONResponse({"detail": _STRANGE_ORIGIN}, 403)
        return None

    async def _identify(self, scope: Scope) -> Response | None:
        """Write down whose request it is; give a refusal if it has to be somebody's and is not."""
        scope[_ACCOUNTS] = self._accounts
        if not self._accounts.required:
            if not _from_this_machine(scope):
                return None if self._is_open(scope) else _refused(401, _THIS_MACHINE_ONLY)
            scope[_PERSON] = Person(LOCAL, trusted=True)
            return None
        return await self._signed_in(scope)

    def _is_open(self, scope: Scope) -> bool:
        return is_public(scope) or (self._readers and is_shared(scope))

    async def _person(self, scope: Scope, headers: Headers) -> Person | None:
        """Return whose request it is: by the key that came with it, else by the session that a browser has sent.

        A browser sends its session with whatever page makes it ask, so it counts only where that page is this server's.
        """
        if credential := credential_in(headers):
            return await self._accounts.person(credential)
        session = session_in(scope)
        if session is None or not from_own_page(scope.get("method", "WEBSOCKET"), headers):
            return None
        return await self._accounts.visitor(session)

    async def _signed_in(self, scope: Scope) -> Response | None:
        try:
            person = await self._person(scope, Headers(scope=scope))
        except SettingsError as error:
            return _refused(503, str(error))
        if person is None:
            return None if self._is_open(scope) else _refused(401, _SIGN_IN)
        scope[_PERSON] = person
        return None


def inside(scope: Scope) -> bool:
    """Check whether the server asks itself: no request from outside can set this."""
    root = scope.get("root_path", "")
    return bool(root == "/noauth" or root.startswith("/noauth/"))


def path_of(scope: Scope) -> str:
    """Return what is asked for, without the prefix that the server may be mounted at (`MOUNT_PREFIX`)."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


def is_public(scope: Scope) -> bool:
    """Check whether anybody may ask for this."""
    path = path_of(scope)
    reading = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
    return reading and (path in PUBLIC or path.startswith("/page/"))


def is_shared(scope: Scope) -> bool:
    """Check whether a conversation is to be read by its link."""
    path = path_of(scope)
    reading = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
    return reading and (path == SHARED or path.startswith(f"{SHARED}/"))


def credential_in(headers: Headers) -> str | None:
    """Return the key or token that came with a request."""
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else headers.get("x-api-key")


def _refused(status: int, detail: str) -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {"Retry-After": "30"}
    return JSONResponse({"detail": detail}, status, headers)


def _from_this_machine(scope: Scope) -> bool:
    """Check whether a request comes from here. A proxy asks from here too, but for somebody else, and says so."""
    headers = Headers(scope=scope)
    client, host = scope.get("client"), urlsplit(f"//{headers.get('host', '')}").hostname
    if any(name in headers for name in _FORWARDED):
        return False
    return client is not None and is_loopback(client[0]) and host is not None and is_loopback(host)


def is_loopback(host: str) -> bool:
    """Check whether a name or address is this machine and no other can reach it."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
