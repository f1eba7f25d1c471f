"""What five likes are worth to a simulated person."""

from __future__ import annotations

from stylegraph.evals.bench.tastes import LIKES, USERS, measure, simulated
from stylegraph.tools.fashion.catalogue.catalogue import sample_items


def test_a_simulated_person_is_the_same_for_the_same_seed_and_likes_what_they_value():
    items = sample_items()
    known = {item["id"]: item for item in items}
    user = simulated(3, items)
    assert user == simulated(3, items)
    assert user != simulated(4, items)
    liked = [user.worth(known[one]) for one in user.liked]
    assert len(liked) == LIKES
    assert sum(liked) / LIKES > sum(map(user.worth, items)) / len(items)


def test_the_two_splits_share_nobody():
    assert not set(USERS["tune"]) & set(USERS["test"])


async def test_five_likes_raise_what_is_recommended_by_a_fifth(monkeypatch):
    monkeypatch.setitem(USERS, "tune", range(100, 108))
    assert (await measure("tune"))["rise"] >= 0.2
