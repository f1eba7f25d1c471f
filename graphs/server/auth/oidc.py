"""Tokens of an OpenID Connect issuer: verified with its published keys, which are fetched and kept for a while."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from stylegraph.agent.errors import FetchError, SettingsError
from stylegraph.agent.settings import Settings
from stylegraph.tools.net.fetch import fetch

logger = logging.getLogger(__name__)

OIDC = "oidc:"
"""What the identity of such a user begins with: whatever the issuer calls them, they are none of the users with keys."""
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures that need the issuer's private key; a shared secret would let whoever verifies also sign."""
_FRESH = 600.0
_AT_MOST_EVERY = 30.0
_LEEWAY = 30


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom an issuer vouches for."""

    identity: str
    groups: tuple[str, ...]


class Tokens:
    """Verifies tokens of one issuer.

    Raises:
        SettingsError: The issuer is set without an audience or without the address of its keys.
    """

    def __init__(self, settings: Settings) -> None:
        if not settings.server_oidc_audience or not settings.server_oidc_jwks:
            raise SettingsError(
                "STYLEGRAPH_SERVER_OIDC_ISSUER is set alone.",
                "Set STYLEGRAPH_SERVER_OIDC_AUDIENCE and STYLEGRAPH_SERVER_OIDC_JWKS too.",
            )
        self._settings = settings
        self._address = settings.server_oidc_jwks
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._fetched = float("-inf")
        self._fetching = asyncio.Lock()

    async def verified(self, token: str) -> Vouched | None:
        """Return whom a token speaks of; None if it is forged, expired, or made for another.

        Raises:
            SettingsError: The issuer's keys can't be had.
        """
        try:
            header = jwt.get_unverified_header(token)
            key = await self._key(header.get("kid"))
            if key is None or header.get("alg") not in _ALGORITHMS:
                return None
            return self._read(await asyncio.to_thread(self._decode, token, key))
        except jwt.InvalidTokenError:
            return None

    def _decode(self, token: str, key: jwt.PyJWK) -> Mapping[str, Any]:
        return jwt.decode(
            token,
            key,
            algorithms=list(_ALGORITHMS),
            issuer=self._settings.server_oidc_issuer,
            audience=self._settings.server_oidc_audience,
            leeway=_LEEWAY,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )

    def _read(self, claims: Mapping[str, Any]) -> Vouched | None:
        subject, groups = claims["sub"], claims.get(self._settings.server_oidc_groups, [])
        if not isinstance(subject, str) or not 0 < len(subject) <= 200 or not subject.isprintable():
            return None
        named = groups if isinstance(groups, list) else []
        return Vouched(OIDC + subject, tuple(group for group in named if isinstance(group, str)))

    async def _key(self, name: str | None) -> jwt.PyJWK | None:
        """Return a key of the issuer by its name; what is not known may have been published a moment ago."""
        age = time.monotonic() - self._fetched
        if age > _FRESH or (name not in self._keys and age > _AT_MOST_EVERY):
            await self._fetch(age)
        return self._keys.get(name)

    async def _fetch(self, age: float) -> None:
        async with self._fetching:
            if time.monotonic() - self._fetched < age:
                return  # another request was faster
            try:
                published = await fetch(self._address, self._settings, accept=("application/", "text/plain"))
                keys = jwt.PyJWKSet.from_json(published.text)
            except (FetchError, jwt.PyJWTError) as error:
                self._without_new_keys(error)
                return
            self._keys = {key.key_id: key for key in keys.keys if key.public_key_use in (None, "sig")}
            self._fetched = time.monotonic()

    def _without_new_keys(self, error: Exception) -> None:
        """Go on with the keys that are known, for as long as the issuer can't be asked.

        Raises:
            SettingsError: None are known.
        """
        logger.warning("the issuer's keys could not be fetched: %s", error)
        self._fetched = time.monotonic() - _FRESH + _AT_MOST_EVERY
        if not self._keys:
            self._fetched = time.monotonic() - _AT_MOST_EVERY
            raise SettingsError(
                f"The keys of the issuer can't be fetched from {self._address}.",
                "Check STYLEGRAPH_SERVER_OIDC_JWKS; an address in your own network goes into STYLEGRAPH_FETCH_ALLOW_HOSTS.",
            ) from error
