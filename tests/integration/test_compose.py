"""What `deploy/compose.yaml` and the image start is started, without docker: the same commands, environment and checks.

Only names of hosts, ports and folders are others. The network, the volumes and the pulling of images are docker's own.
"""

from __future__ import annotations

import io
import json
import os
import re
import secrets
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import yaml
from dotenv import dotenv_values
from postgres_server import postgres
from served import free_port, wait_until_serving

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]
DEPLOY = Path(__file__).parents[2] / "deploy"
KEY = "a-key-of-kim-that-is-long-enough"
FILLED = {"POSTGRES_PASSWORD": "longword", "STYLEGRAPH_SERVER_KEYS": json.dumps({"kim": KEY})}
"""What whoever copies `.env.example` fills in."""
_ASKED = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
GRACE = 10
"""Seconds that docker gives a container to end before it is killed."""


def composed():
    """Return the services as docker compose reads them with the example filled in."""
    example = (DEPLOY / ".env.example").read_text(encoding="utf-8")
    filled = "".join(
        f"{line}{FILLED.get(line.removesuffix('='), '')}\n" for line in example.splitlines() if not line.startswith("#")
    )
    given = dotenv_values(stream=io.StringIO(filled))
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert all(given[name] for name, kind, _ in _ASKED.findall(text) if kind == "?")
    services = yaml.safe_load(text)["services"]
    return json.loads(_ASKED.sub(lambda one: json.dumps(given[one[1]] or one[3] or "")[1:-1], json.dumps(services)))


SERVICES = composed()


def command_of_the_image():
    [words] = re.findall(r"^CMD (\[.*\])$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    return json.loads(words)


def moved(text, **places):
    """Return a text with other places for those inside of the containers."""
    for name, place in places.items():
        text = text.replace(name, place)
    return text


class Container:
    """A server as its container starts it: nothing of this process's environment but where programs are."""

    def __init__(self, folder, environment):
        folder.mkdir()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log"
        shell, flag, command = command_of_the_image()
        self.environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(folder)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [shell, flag, moved(command, **{"8000": str(self.port)})],
                env=self.environment | environment,
                cwd=folder,
                stdout=log,
                stderr=log,
            )

    def is_healthy(self):
        """Check whether the container's own check passes."""
        kind, *test = SERVICES["server"]["healthcheck"]["test"]
        assert kind == "CMD"
        words = [moved(word, **{"8000": str(self.port)}) for word in test]
        return subprocess.run(words, env=self.environment, capture_output=True, check=False, timeout=12).returncode == 0

    def wait(self):
        """Wait as docker does before it calls a container unhealthy."""
        wait_until_serving(self.process, self.url, self.log)
        for _ in range(60):
            if self.is_healthy():
                return
            time.sleep(2)
        pytest.fail(httpx.get(f"{self.url}/ready").text + self.log.read_text(encoding="utf-8")[-3000:])


@contextmanager
def containers(folder, environment, count):
    """Start so many servers, as `--scale server=2` does."""
    started = [Container(folder / f"server-{number}", environment) for number in range(count)]
    try:
        yield started
    finally:
        for one in started:
            if one.process.poll() is None:
                one.process.kill()
                one.process.wait()


@pytest.fixture
def environment(tmp_path, elastic_node):
    """What the compose file gives a server, with the places of this machine."""
    node = elastic_node.settings
    own = {"STYLEGRAPH_ELASTICSEARCH_PREFIX": f"compose-{secrets.token_hex(4)}"}
    own |= {f"STYLEGRAPH_{name.upper()}": value for name, value in node.items() if name != "elasticsearch_url"}
    with postgres() as database:
        given = dict(SERVICES["server"]["environment"])
        there = urlsplit(database)
        given["STYLEGRAPH_SERVER_DATABASE"] = moved(
            given["STYLEGRAPH_SERVER_DATABASE"],
            **{"postgres:5432/stylegraph": f"{there.hostname}:{there.port}{there.path}"},
        )
        names = ("127.0.0.1", "localhost")  # of one node: a list of several is read
        urls = [moved(node["elasticsearch_url"], **{"127.0.0.1": name}) for name in names]
        given["STYLEGRAPH_ELASTICSEARCH_URL"] = ",".join(urls)
        given["STYLEGRAPH_HOME"] = str(tmp_path / "shared")
        yield given | own


def test_two_servers_start_get_healthy_know_each_other_and_end_when_they_are_told_to(tmp_path, environment):
    with containers(tmp_path, environment, 2) as (first, second):
        assert not first.is_healthy()
        first.wait()
        second.wait()
        headers = {"Authorization": f"Bearer {KEY}"}
        with httpx.Client(headers=headers, timeout=60) as kim:
            thread = kim.post(f"{first.url}/threads", json={}).json()["thread_id"]
            asked = {"messages": [{"role": "user", "content": "여름에 입을 린넨 셔츠 추천해줘"}]}
            body = {"assistant_id": "assistant", "input": asked}
            done = kim.post(f"{second.url}/threads/{thread}/runs/wait", json=body)
            assert done.json()["reply"]["recommendations"], done.text
        assert httpx.get(f"{first.url}/threads/{thread}").status_code == 401
        assert json.loads(first.log.read_text(encoding="utf-8").splitlines()[-1])  # STYLEGRAPH_SERVER_LOG
        for one in (first, second):
            one.process.terminate()
            one.process.wait(timeout=GRACE)
            assert not one.is_healthy()


def test_the_other_containers_are_healthy_by_their_own_checks(elastic_node):
    node = urlsplit(elastic_node.url)
    kind, check = SERVICES["elastic1"]["healthcheck"]["test"]
    login = ":".join(elastic_node.settings.get(f"elasticsearch_{name}", "") for name in ("user", "password"))
    curl = moved(check, **{"curl -fs": f"curl -fs -u {login}", "localhost:9200": f"localhost:{node.port}"})
    assert (kind, subprocess.run(curl, shell=True, capture_output=True, check=False).returncode) == ("CMD-SHELL", 0)
    with postgres() as database:
        kind, check = SERVICES["postgres"]["healthcheck"]["test"]
        there = {"PGHOST": "127.0.0.1", "PGPORT": str(urlsplit(database).port)}
        ready = subprocess.run(check, shell=True, env=os.environ | there, capture_output=True, check=False)
        assert (kind, ready.returncode) == ("CMD-SHELL", 0)
        gone = subprocess.run(check, shell=True, env=os.environ | there | {"PGPORT": str(free_port())}, check=False)
        assert gone.returncode != 0
