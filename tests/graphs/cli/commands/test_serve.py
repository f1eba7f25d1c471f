"""`stylegraph serve`: what is checked and written before the server takes over."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import socket
from pathlib import Path

import pytest
from served import free_port

from stylegraph.agent.settings import load_settings
from stylegraph.graphs.cli.commands import serve
from stylegraph.graphs.server.auth.accounts import Accounts, Person


def test_the_server_serves_the_graphs_that_the_repository_names():
    named = json.loads((Path(__file__).parents[4] / "langgraph.json").read_text(encoding="utf-8"))
    graphs = {key: value for key, value in named.items() if key not in ("dependencies", "env")}
    assert graphs == serve.CONFIG


def test_a_port_that_is_taken_is_said_to_be(cli):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        result = cli("serve", "--port", other.getsockname()[1])
    assert (result.exit_code, "can't be listened on" in result.stderr) == (2, True)


@pytest.mark.parametrize("host", ["nowhere.invalid", "203.0.113.1"])
def test_a_host_that_is_not_this_machine_is_refused(cli, host):
    assert cli("serve", "--host", host).exit_code == 2


def test_without_the_servers_packages_the_command_that_installs_them_is_told(cli, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "langgraph_api" else found(name))
    result = cli("serve", "--json")
    assert result.exit_code == 1
    assert "pip install 'stylegraph[serve]'" in json.loads(result.stderr)["error"]["remedy"]


def test_others_are_not_served_without_users(cli):
    result = cli("serve", "--host", "0.0.0.0", "--port", free_port(), "--json")
    assert result.exit_code == 1
    assert "--new-key" in json.loads(result.stderr)["error"]["remedy"]


def test_a_new_key_fits_what_is_to_be_set_for_it(cli, monkeypatch):
    [made] = cli("serve", "--new-key", "kim", "--json").records
    name, _, value = made["setting"].partition("=")
    monkeypatch.setenv(name, value)
    person = asyncio.run(Accounts(load_settings()).person(made["key"]))
    assert person == Person("kim")
    assert made["key"] not in made["setting"]
