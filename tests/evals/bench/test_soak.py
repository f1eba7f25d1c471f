"""A few people at a real server for a few seconds: no error, an answer to each, and their conversations on disk."""

from __future__ import annotations

import pytest

from stylegraph.evals.bench.served import serving
from stylegraph.evals.bench.soak import kept_turns, soak

pytestmark = pytest.mark.integration


async def test_a_short_soak_makes_no_error_and_loses_nothing_when_it_is_killed(tmp_path):
    people = [f"user {number}" for number in range(4)]
    async with serving(tmp_path, people) as server:
        soaked = await soak(server, minutes=0.3, pause=2.0)
    assert not soaked.errors
    assert len(soaked.seconds) >= len(people)
    assert all(first <= whole for first, whole in zip(soaked.first, soaked.seconds, strict=True))
    assert soaked.memory
    assert kept_turns(tmp_path / "home") >= len(people)
