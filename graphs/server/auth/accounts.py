"""Who may use the server, and who it is that asks."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stylegraph.agent.errors import SettingsError
from stylegraph.agent.settings import Settings
from stylegraph.graphs.server.auth.oidc import OIDC, Tokens
from stylegraph.graphs.server.auth.sessions import KEPT_IN, Sessions

LOCAL = "local"
"""Who asks where the server knows nobody: the one who sits at this machine."""
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_SHORTEST = 20
_REMEDY = 'Give it as {"USER": "KEY"}; `stylegraph serve --new-key USER` makes a key.'


@dataclass(frozen=True, slots=True)
class Person:
    """One who uses the server."""

    identity: str
    groups: tuple[str, ...] = ()
    trusted: bool = False
    """Whether they own this machine: nothing is kept from them, and they may speak for others."""

    @property
    def audience(self) -> list[str]:
        """What a document must be for, one of it, to be shown to them."""
        return [self.identity, *self.groups]


class Accounts:
    """Users by their keys, and those whom an OpenID Connect issuer vouches for.

    Of keys only SHA-256 hashes are kept: keys are long and random, so nothing slower is needed.

    Args:
        settings: `server_keys`, `server_groups` and `server_oidc_*` apply.

    Raises:
        SettingsError: A key is too short or is given to two users, or the issuer is set only in part.
    """

    def __init__(self, settings: Settings) -> None:
        self._users: dict[bytes, str] = {}
        for user, key in settings.server_keys.items():
            _check_name(user)
            self._users[_digest(user, key.get_secret_value())] = user
        if len(self._users) < len(settings.server_keys):
            raise SettingsError("Two users of STYLEGRAPH_SERVER_KEYS have the same key.", _REMEDY)
        self._groups = settings.server_groups
        self._sessions = Sessions(settings.home / KEPT_IN, {user: digest for digest, user in self._users.items()})
        self._tokens = Tokens(settings) if settings.server_oidc_issuer else None

    @property
    def required(self) -> bool:
        """Whether anybody must say who they are."""
        return bool(self._users) or self._tokens is not None

    async def person(self, credential: str) -> Person | None:
        """Return whose key or token this is; None if it is nobody's.

        Raises:
            SettingsError: The issuer's keys can't be had.
        """
        user = self._owner(credential)
        return await self._vouched(credential) if user is None else self._known(user)

    async def visitor(self, session: str) -> Person | None:
        """Return whose session a browser has sent; None if it is nobody's, or over.

        Raises:
            SettingsError: The issuer's keys can't be had.
        """
        user = await self._sessions.user(session)
        return await self._vouched(session) if user is None else self._known(user)

    async def session(self, user: str, credential: str) -> str:
        """Return what a browser keeps of somebody who has shown a credential: a session of ours, or the issuer's token as it is."""
        return credential if user.startswith(OIDC) else await self._sessions.begin(user)

    def _known(self, user: str) -> Person:
        return Person(user, tuple(groups_of(user, self._groups)))

    async def _vouched(self, credential: str) -> Person | None:
        if self._tokens is None or credential.count(".") != 2:
            return None
        vouched = await self._tokens.verified(credential)
        if vouched is None:
            return None
        groups = [*groups_of(vouched.identity, self._groups), *vouched.groups]
        return Person(vouched.identity, tuple(dict.fromkeys(groups)))

    def _owner(self, key: str) -> str | None:
        """Compare with every hash, in a time that tells nothing of which it is or how much of it was right."""
        given, owner = hashlib.sha256(key.encode("utf-8", "replace")).digest(), None
        for digest, user in self._users.items():
            owner = user if hmac.compare_digest(digest, given) else owner
        return owner


def groups_of(user: str, groups: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the groups that a user is in."""
    return [group for group, users in groups.items() if user in users]


def new_key() -> tuple[str, str]:
    """Make a key; give it, and what to set for it."""
    key = secrets.token_urlsafe(32)
    return key, f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def _check_name(user: str) -> None:
    if not user.strip() or len(user) > 200 or user.startswith(OIDC) or not user.isprintable():
        raise SettingsError(f"STYLEGRAPH_SERVER_KEYS has a user called {user[:80]!r}.", "Choose another name.")


def _digest(user: str, key: str) -> bytes:
    if _HASH.fullmatch(key):
        return bytes.fromhex(key.partition(":")[2])
    if len(key) < _SHORTEST:
        raise SettingsError(
            f"The key of {user!r} in STYLEGRAPH_SERVER_KEYS is shorter than {_SHORTEST} characters.", _REMEDY
        )
    return hashlib.sha256(key.encode()).digest()
