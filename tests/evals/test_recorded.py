"""What was recorded replays: strictly, in any order, again and again, without a key and without a network."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
import yaml

from stylegraph.agent.citations import stands
from stylegraph.evals.bench.makers import Turned, rows, table
from stylegraph.evals.harness.attack_cases import attack_turns, got_through
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.evals.harness.turn_cases import attacked_again, locally, play, replayed, turn_cases
from stylegraph.evals.recording import registry as recordings_module
from stylegraph.evals.recording.registry import orphans, recordings
from stylegraph.evals.replay import http
from stylegraph.evals.replay.http import CASSETTES
from stylegraph.tools.web import tavily

HOSTS = {"model.invalid", "tavily.invalid", "elasticsearch.invalid:9200", "embedding.invalid"}
LARGEST = 120_000
"""Characters of a cassette that people still read."""


def test_every_cassette_has_a_case_and_every_case_a_cassette():
    assert orphans() == []


def test_an_orphan_on_either_side_is_named(tmp_path, monkeypatch):
    for module in (http, recordings_module):
        monkeypatch.setattr(module, "CASSETTES", tmp_path)
    (tmp_path / "web").mkdir()
    for one in recordings():
        if one.folder == "web":
            (tmp_path / "web" / f"{one.case}.yaml").touch()
    (tmp_path / "web" / "nobody.yaml").touch()
    (tmp_path / "web" / "s-ko-001.yaml").unlink()
    found = orphans()
    assert "web/nobody" in found
    assert "web/s-ko-001" in found
    assert "turns/t-ko-01" in found
    assert "web/s-ko-002" not in found


async def test_all_replays_the_same_in_any_order(no_network, monkeypatch):
    monkeypatch.setattr(tavily, "_FIRST_PAUSE", 0.0)  # between tries at a server that fails
    told = []
    for seed in (1, 2):
        mixed = random.Random(seed).sample(recordings(), len(recordings()))
        told.append({one.name: [_told(outcome) for outcome in await one.replay()] for one in mixed})
    assert told[0] == told[1]
    assert no_network == []


def _told(outcome):
    """Return all of an outcome that may not differ from one replay to the next: everything but how long it took."""
    return {**outcome.whole, **{name: value for name, value in outcome.spent.items() if name not in _CLOCKED}}


_CLOCKED = ("seconds", "sequential_trips")
"""What is read off the clock: calls that overlap are one trip."""


@pytest.mark.parametrize("name", ["turns/t-ko-01", "agents/a-ko-001", "react/a-ko-001", "web/s-ko-002"])
async def test_how_often_a_model_was_called_is_known_of_each_kind(name):
    (one,) = recordings_module.chosen([name])
    outcomes = await one.replay()
    assert (sum(outcome.calls for outcome in outcomes) > 0) == one.model


def test_at_least_sixty_attacks_are_recorded():
    assert sum(len(turn.attacks) for turn in attack_turns()) >= 60


@pytest.mark.parametrize("path", sorted(CASSETTES.rglob("*.yaml")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_cassette_names_its_servers_and_nothing_of_the_machine(path: Path):
    text = path.read_text(encoding="utf-8")
    tape = yaml.load(text, Loader=yaml.CSafeLoader)
    assert tape["metadata"]["against"]["model"]
    assert tape["metadata"]["on"] >= "2026-11-24"
    hosts = {one["request"]["uri"].split("/")[2] for one in tape["interactions"]}
    assert hosts <= HOSTS
    assert ("tavily.invalid" in hosts) <= ("stand-in" in tape["metadata"]["against"].get("web", ""))
    for one in tape["interactions"]:
        assert {*one["request"]["headers"], *one["response"]["headers"]} <= {"content-type", "x-elastic-product"}
    assert path.parent.name != "outages" or "stand-in" in tape["metadata"]["against"]["model"]
    assert not re.search(r"127\.0\.0\.1|localhost|/tmp/|/home/|/work/|Bearer |\bsk-\w{8}|\btvly-\w{8}", text)
    assert "chatcmpl" not in text
    assert len(text) < LARGEST


@pytest.mark.parametrize("case", turn_cases(), ids=lambda case: case.id)
async def test_a_turn_replays_at_the_cost_that_was_recorded(case, no_network):
    played, recorded = await replayed(case)
    assert no_network == []
    for reply, spent in zip(played.replies, recorded.spent, strict=True):
        for part in ("model_calls", "tokens_in", "tokens_out", "web_searches", "revisions"):
            assert reply.spent[part] == spent[part]  # type: ignore[literal-required]
        further = max(0, spent["web_searches"] - 1)  # a further look-up is a further trip
        assert spent["sequential_trips"] <= 3 + further + 2 * spent["revisions"]
        assert all(stands(citation.model_dump(), reply.evidence) for citation in reply.citations)


@pytest.mark.parametrize("case", [case for case in turn_cases() if case.web], ids=lambda case: case.id)
async def test_what_the_web_is_asked_without_a_model_replays_too(case, no_network):
    assert (await locally(case)).replies[-1].spent["web_searches"] >= 1
    assert no_network == []


@pytest.mark.parametrize("turn", attack_turns(), ids=lambda turn: turn.id)
async def test_of_a_real_model_s_turn_nothing_comes_that_attacks_want(turn, no_network):
    reply, asked, _ = await attacked_again(turn)
    assert got_through(reply, turn.attacks, asked) == []
    assert no_network == []


async def test_the_table_counts_by_kind_and_maker_and_over_all():
    case = turn_cases()[0]
    local = Turned(await play(case, settings_for(None)), [{**_SPENT, "seconds": 2.0}, {**_SPENT, "seconds": 4.0}])
    counted = rows({"local": [local], "model": [local._replace(spent=[_SPENT])]})
    assert [(row.kind, row.maker, row.cases) for row in counted] == [
        (kind, maker, 1) for kind in (case.kind, "all") for maker in ("local", "model")
    ]
    assert (counted[0].seconds, counted[1].tokens) == (3.0, 12)
    assert "| documents | local | 1/1 | 1/1 | 1.0 | 1.0 | 12 | 3.00 |" in table(counted)


_SPENT = {"model_calls": 1, "sequential_trips": 1, "tokens_in": 10, "tokens_out": 2, "seconds": 1.0}
