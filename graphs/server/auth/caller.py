"""Asking the server in the name of whoever asks it."""

from __future__ import annotations

from langgraph_api.utils import with_user
from starlette.types import ASGIApp, Receive, Scope, Send


class AsCaller:
    """Lets what is behind it call the server as the person whose key came with the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        async with with_user(scope["user"], scope["auth"]):
            await self._app(scope, receive, send)
