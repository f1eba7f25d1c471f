"""A server whose runtime is another than the one that is patched does not start, and says what to install."""

from __future__ import annotations

import pytest

pytest.importorskip("langgraph_runtime_inmem")

from stylegraph.agent.errors import SettingsError
from stylegraph.graphs.server.inmem.runtime import REACHED, check_runtime

INMEM = {place: parameters for place, parameters in REACHED.items() if place.startswith("langgraph_runtime_inmem")}


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


def test_the_runtime_that_is_installed_is_the_one():
    check_runtime(INMEM)


@pytest.mark.parametrize("place", [place for place in INMEM if INMEM[place] is not None])
def test_one_parameter_more_is_another_runtime(place):
    with pytest.raises(SettingsError, match=r"langgraph-runtime-inmem [\d.]+") as error:
        check_runtime({place: f"{INMEM[place]} more".strip()})
    assert place in str(error.value)
    assert "stylegraph[serve]" in str(error.value)


def test_what_is_gone_is_named(monkeypatch):
    from langgraph_runtime_inmem.ops import Threads

    monkeypatch.delattr(Threads, "delete")
    with pytest.raises(SettingsError, match=r"Threads\.delete is not as stylegraph knows it"):
        check_runtime(INMEM)
