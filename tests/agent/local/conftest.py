"""What the tests of the local decisions share: a real embedder, a router that has learned, and short ways to ask it."""

from __future__ import annotations

import pytest
from local_parts import BUILT_IN, state_of, weigh

from stylegraph.agent.local.reader.reader import Reader
from stylegraph.agent.local.router.router import LocalRouter
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.pack import fashion_pack
from stylegraph.tools.pack import introduce

PACK = fashion_pack()
introduce(PACK)
"""Registers what the catalogue is called, which the writer's tests read."""


@pytest.fixture(scope="session")
def embedder():
    return LocalEmbedder()


@pytest.fixture(scope="session")
def router(embedder):
    return LocalRouter(embedder, BUILT_IN, clarifications=PACK.clarifications)


@pytest.fixture(scope="session")
def routing(router):
    """Ask the router: `await routing(text, *before, image=..., asked_back=...)`."""

    async def ask(text, *before, **options):
        return (await router.route(state_of(text, *before, **options)))["routing"]

    return ask


@pytest.fixture
def reader(embedder):
    return Reader(embedder, weigh)
