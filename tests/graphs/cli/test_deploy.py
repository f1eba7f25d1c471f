"""The files for several servers fit the repository's own configuration, and each other. No docker is needed to see that."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import yaml

from stylegraph.agent.settings import Settings
from stylegraph.graphs.server.observability.metrics import INSTRUMENTS

ROOT = Path(__file__).parents[3]
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))


def read(path):
    return json.loads((ROOT / path).read_text(encoding="utf-8"))


def test_every_server_keeps_its_state_where_the_others_find_it():
    given = COMPOSE["services"]["server"]["environment"]
    assert {"STYLEGRAPH_SERVER_DATABASE", "STYLEGRAPH_ELASTICSEARCH_URL", "STYLEGRAPH_SERVER_KEYS"} <= set(given)
    assert COMPOSE["services"]["server"]["volumes"] == [f"home:{given['STYLEGRAPH_HOME']}"]
    assert "LICENSE" not in str(COMPOSE)


def test_the_image_has_the_extras_that_are_there_and_starts_the_command_that_is_there():
    image = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    [wanted] = re.findall(r"/src\[([\w,]+)\]", image)
    assert {"elastic", "postgres", "serve"} <= set(wanted.split(",")) <= set(extras)
    assert "stylegraph serve --host 0.0.0.0 --port 8000" in image
    assert "STYLEGRAPH_SERVER_ADDRESS" in image


def test_every_setting_of_it_is_one():
    given = COMPOSE["services"]["server"]["environment"]
    known = {f"STYLEGRAPH_{name.upper()}" for name in Settings.model_fields}
    assert {name for name in given if name.startswith("STYLEGRAPH_")} <= known


def test_what_it_refers_to_is_there():
    for name, service in COMPOSE["services"].items():
        assert set(service["networks"]) <= set(COMPOSE["networks"]), name
        assert {volume.partition(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"]), name
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"]), name
        assert all("healthcheck" in COMPOSE["services"][other] for other in service.get("depends_on", {})), name
    nodes = [name for name in COMPOSE["services"] if name.startswith("elastic")]
    assert (
        COMPOSE["services"]["server"]["environment"]["STYLEGRAPH_ELASTICSEARCH_URL"].count("http://") == len(nodes) == 3
    )


def test_only_the_server_can_be_reached_from_outside():
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["server"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_every_variable_that_it_asks_for_stands_in_its_example():
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")))
    example = (ROOT / "deploy" / ".env.example").read_text(encoding="utf-8")
    assert asked == {line.partition("=")[0] for line in example.splitlines() if re.match(r"\w+=", line)}


def test_the_packages_that_the_image_gets_are_written_so_that_a_shell_reads_them_as_they_are():
    assert not re.search(r"[<>|&;$`\s]", "".join(read("langgraph.json")["dependencies"]))


def test_the_image_gets_the_extras_that_a_server_uses():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {
        name for extra in ("documents", "elastic", "fashion", "openai", "web") for name in map(package, extras[extra])
    }
    given = {package(one) for one in read("langgraph.json")["dependencies"]}
    assert wanted - {"stylegraph"} <= given


def package(requirement):
    """Return the name of the package that is required."""
    return re.match(r"[\w.-]*", requirement)[0]


def as_prometheus_names(instrument):
    """Return the series that Prometheus makes of an instrument of OpenTelemetry."""
    name = instrument.name.replace(".", "_")
    if instrument.kind == "counter":
        return {f"{name}_total"}
    return {f"{name}_{part}" for part in ("bucket", "count", "sum")}


def test_the_dashboard_asks_for_what_is_measured_and_for_all_of_it():
    panels = read("deploy/grafana.json")["panels"]
    asked = set(re.findall(r"stylegraph_\w+", " ".join(target["expr"] for one in panels for target in one["targets"])))
    made = [as_prometheus_names(one) for one in INSTRUMENTS]
    assert asked <= set().union(*made)
    assert all(asked & names for names in made)
