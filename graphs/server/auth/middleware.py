"""What stands before everything that the server serves, in the order that a request passes it."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from stylegraph.agent.settings import Settings
from stylegraph.graphs.server.auth.accounts import Accounts
from stylegraph.graphs.server.auth.bodies import Bodies
from stylegraph.graphs.server.auth.gate import Gate
from stylegraph.graphs.server.auth.headers import SecurityHeaders
from stylegraph.graphs.server.auth.limits import Limits
from stylegraph.graphs.server.routes.openai.errors import OpenAIErrors


def front(settings: Settings) -> list[Middleware]:
    """Return the middleware of `http.app`; the server puts it before its own routes too.

    Raises:
        SettingsError: The users can't be known as they are set.
    """
    return [
        Middleware(SecurityHeaders),
        Middleware(
            CORSMiddleware,
            allow_origins=settings.server_origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=[
                "Content-Location",
                "Retry-After",
                "X-Pagination-Total",
                "X-Pagination-Next",
                "X-Thread-Id",
            ],
        ),
        Middleware(OpenAIErrors),
        Middleware(
            Gate,
            accounts=Accounts(settings),
            origins=settings.server_origins,
            readers=settings.server_shared == "anyone",
        ),
        *_to_home(settings),
        Middleware(Limits, settings=settings),
        Middleware(Bodies, settings=settings),
    ]


def _to_home(settings: Settings) -> list[Middleware]:
    """Return what sends requests on, where there are several servers."""
    if not settings.server_database:
        return []
    from stylegraph.graphs.server.cluster.forwarding import ToHome

    return [Middleware(ToHome)]
