"""What many tests share."""

from __future__ import annotations

import gc
import os
import secrets
from pathlib import Path

import homes
import pytest
from hypothesis import settings

from stylegraph.agent.settings import load_settings

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
"""No example fails because the machine is busy."""
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Tests start some four hundred processes: where Python may not keep what it compiled, each compiles a thousand modules anew."""
INTEGRATION = Path(__file__).parent / "integration"
STARTING = {"browser", "elastic_node", "elastic_settings", "site"}
"""Fixtures that start something."""
LONGEST = "test_suites.py"
"""The file that takes minutes: last, it would keep one worker busy while the others have nothing left."""
MADE_HERE = pytest.StashKey[bool]()


def pytest_configure(config):
    config.stash[MADE_HERE] = homes.begin()


def pytest_unconfigure(config):
    if config.stash.get(MADE_HERE, False):
        homes.end()


def pytest_collection_modifyitems(items):
    """Mark what starts a server, a browser or a node, by where it stands and what it asks for; long files come first."""
    for item in items:
        if INTEGRATION in item.path.parents or STARTING & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.integration)
    starting = {item.path for item in items if item.get_closest_marker("integration")}
    items.sort(
        key=lambda item: (item.path.name != LONGEST, item.path not in starting and "evals" not in item.path.parts)
    )


def pytest_collection_finish():
    """Let no collection of garbage look through the modules and the tests themselves again: they stay to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def elastic_node(tmp_path_factory):
    """A real Elasticsearch node, started once a session."""
    from elastic_node import running

    yield from running(tmp_path_factory.mktemp("elasticsearch"))


@pytest.fixture
async def elastic_settings(elastic_node):
    """Settings for a library of a test's own on that node, removed at the end."""
    from stylegraph.tools.retrieval.elastic.cluster import Cluster

    settings = load_settings(**elastic_node.settings, elasticsearch_prefix=f"test-{secrets.token_hex(4)}")
    yield settings
    cluster = Cluster(settings)
    for index in (await cluster.client.indices.get(index=f"{cluster.prefix}*")).body:
        await cluster.client.indices.delete(index=index)
    await cluster.close()
