"""A real Elasticsearch for tests: one that is named, one from the shared recipe, or a container."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from stylegraph.agent.settings import load_settings

PASSWORD = "only-for-tests"


@dataclass
class Node:
    """A running node. `own` is there only if tests may kill it and start it again."""

    settings: dict[str, Any]
    """What reaches it, as settings of stylegraph."""
    own: Any = None

    @property
    def url(self) -> str:
        return self.settings["elasticsearch_url"]

    def kill(self) -> None:
        os.kill(self.own.process.pid, signal.SIGKILL)
        self.own.process.wait()
        self.own.process.stdin.close()

    def start(self) -> None:
        self.own.start()


def running(folder: Path):
    """Yield a node: the one that STYLEGRAPH_TEST_ELASTICSEARCH_URL names, or one that is started; or skip."""
    if url := os.environ.get("STYLEGRAPH_TEST_ELASTICSEARCH_URL"):
        yield Node({"elasticsearch_url": url})
        return
    recipe = _recipe()
    if recipe is not None:
        with recipe.EsNode(data=folder, password=PASSWORD) as own:
            own.port = int(own.url.rpartition(":")[2])
            access = {"elasticsearch_user": recipe.USER, "elasticsearch_password": PASSWORD}
            yield Node({"elasticsearch_url": own.url, **access}, own)
        return
    yield from _container()


@asynccontextmanager
async def library_of_its_own(node: Node, embedder):
    """Open a library under a prefix that nobody else has; remove all of it at the end."""
    from stylegraph.tools.retrieval.elastic.library import ElasticLibrary

    settings = load_settings(**node.settings, elasticsearch_prefix=f"test-{secrets.token_hex(4)}")
    library = ElasticLibrary(settings, embedder)
    try:
        yield library
    finally:
        client = library._cluster.client
        for index in (await client.indices.get(index=f"{settings.elasticsearch_prefix}*")).body:
            await client.indices.delete(index=index)
        await library.close()


def _recipe():
    """Return the module of $STYLEGRAPH_SHARED/elasticsearch/es_node.py, if all that it needs is here."""
    path = Path(os.environ.get("STYLEGRAPH_SHARED", "/nowhere")) / "elasticsearch" / "es_node.py"
    if not path.is_file() or not shutil.which("mvn"):
        return None
    spec = importlib.util.spec_from_file_location("es_node", path)
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)
    try:
        recipe.build(security=True)
    except (RuntimeError, subprocess.CalledProcessError):  # no JDK, or its jars can't be fetched
        return None
    return recipe


def _container():
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "info"], capture_output=True, check=False).returncode:
        pytest.skip(
            "no Elasticsearch: set STYLEGRAPH_TEST_ELASTICSEARCH_URL, or STYLEGRAPH_SHARED to a folder with "
            "elasticsearch/es_node.py (needs a JDK 21 and mvn), or start docker"
        )
    containers = pytest.importorskip(
        "testcontainers.community.elasticsearch", reason="docker answers; testcontainers is missing"
    )
    with containers.ElasticSearchContainer("docker.elastic.co/elasticsearch/elasticsearch:9.1.5") as container:
        host, port = container.get_container_host_ip(), container.get_exposed_port(9200)
        yield Node({"elasticsearch_url": f"http://{host}:{port}"})


def requests_to(cluster):
    """Return a list into which goes each request that is sent to a cluster from now on: its method and path."""
    sent = []
    transport = cluster.client.transport
    perform = transport.perform_request

    async def counted(method, target, **more):
        sent.append(f"{method} {target.partition('?')[0]}")
        return await perform(method, target, **more)

    transport.perform_request = counted
    return sent
