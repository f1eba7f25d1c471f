"""Who asks the server."""

from __future__ import annotations

from starlette.requests import Request

LOCAL = "local"
"""Who asks where no key is required: the same person as on the command line."""


def person_of(request: Request) -> str:
    """Return who asks, as the server's auth knows them."""
    user = request.scope.get("user")
    return str(getattr(user, "identity", "") or LOCAL)
