"""People whom a chat model played: what they said is replayed over what they got then, and judged as any conversation is."""

from __future__ import annotations

import pytest

from stylegraph.evals.harness.simulated.judging import contradictions, met_at
from stylegraph.evals.recording.people import keep, kept, played_goals, said_again
from stylegraph.evals.replay import http
from stylegraph.evals.replay.http import ReplayError


def test_each_kind_is_played_in_both_languages():
    assert {(goal.language, goal.kind) for goal in played_goals()} == {
        (language, kind) for language in ("ko", "en") for kind in ("clothes", "documents", "mixed")
    }
    assert all(goal.split == "tune" for goal in played_goals())


@pytest.mark.parametrize("goal", played_goals(), ids=lambda goal: goal.id)
async def test_a_person_says_again_what_they_said_and_is_done_at_the_end(goal, no_network):
    turns = kept(goal)
    *said, last = await said_again(goal)
    assert [one.message for one in said] == [(turn.said, turn.refused) for turn in turns]
    assert last.message is None
    assert all(len(one.ledger) == 1 for one in [*said, last])
    assert no_network == []


@pytest.mark.parametrize("goal", played_goals(), ids=lambda goal: goal.id)
def test_their_goal_was_reached_without_a_contradiction(goal):
    turns = kept(goal)
    assert all(met_at(goal, need, turns) is not None for need in goal.needs)
    assert all(contradictions(goal, turns).values())


def test_no_place_of_a_machine_is_kept_with_a_conversation(tmp_path, monkeypatch):
    goal = played_goals()[0]
    (turn, *_) = kept(goal)
    (item, *_) = turn.reply.recommendations
    there = turn.reply.model_copy(
        update={"recommendations": [item.model_copy(update={"image": "/home/kim/shop/a.webp"})]}
    )
    monkeypatch.setattr(http, "CASSETTES", tmp_path)
    keep(goal, [turn._replace(reply=there)])
    assert "/home" not in (tmp_path / "simulated" / f"{goal.id}.json").read_text("utf-8")
    assert kept(goal)[0].reply.recommendations[0].image == "a.webp"


async def test_a_person_who_is_told_something_else_does_not_replay(tmp_path, monkeypatch):
    goal = played_goals()[0]
    for name in (f"{goal.id}.yaml", f"{goal.id}.json"):
        text = (http.CASSETTES / "simulated" / name).read_text("utf-8")
        (tmp_path / "simulated").mkdir(exist_ok=True)
        (tmp_path / "simulated" / name).write_text(
            text.replace("재킷", "점퍼") if name.endswith("json") else text, "utf-8"
        )
    monkeypatch.setattr(http, "CASSETTES", tmp_path)
    with pytest.raises(ReplayError, match="does not fit any more"):
        await said_again(goal)
