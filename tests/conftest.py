"""What many tests share."""

from __future__ import annotations

import secrets

import pytest

from stylegraph.agent.settings import load_settings


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
