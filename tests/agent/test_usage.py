"""What turns cost, added up by day and by user."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from langgraph.store.memory import InMemoryStore

from stylegraph.agent.budget import tally
from stylegraph.agent.reply import Grade, Reply
from stylegraph.agent.usage import Line, keep, line_of, percentile, sum_up, summed, usage, usage_by_day, watch

LINE = Line(
    seconds=1.0, calls=2, tokens_in=100, tokens_out=20, dollars=0.01, status="answered", grade="good", fallbacks=[]
)


@pytest.mark.parametrize(("share", "value"), [(0.5, 2.0), (0.75, 3.0), (0.95, 4.0), (1.0, 4.0)])
def test_a_percentile_is_a_value_that_was_there(share, value):
    assert percentile([1.0, 2.0, 3.0, 4.0], share) == value


def test_turns_are_added_up_and_those_without_a_price_are_told():
    row = summed("2026-12-01", "kim", [LINE, {**LINE, "dollars": None, "seconds": 3.0, "fallbacks": ["web_failed"]}])
    assert (row["turns"], row["calls"], row["tokens_in"], row["dollars"], row["unpriced"]) == (2, 4, 200, 0.01, 1)
    assert (row["seconds_p50"], row["seconds_p95"]) == (1.0, 3.0)
    assert (row["grades"], row["fallbacks"]) == ({"good": 2}, {"web_failed": 1})


async def test_days_and_users_are_kept_apart_and_a_turn_counts_once():
    store = InMemoryStore()
    for user, turn in (("kim", "one"), ("kim", "one"), ("kim", "two"), ("lee", "one")):
        await keep(store, user, turn, LINE)
    await store.aput(("usage", "2020-01-01", "kim"), "old", dict(LINE))
    assert [(row["user"], row["turns"]) for row in await usage(store, days=7)] == [("kim", 2), ("lee", 1)]


async def test_more_turns_than_a_page_of_the_store_are_read():
    store = InMemoryStore()
    for turn in range(1_005):
        await keep(store, "kim", str(turn), LINE)
    assert [row["turns"] for row in await usage(store, days=1)] == [1_005]


def ago(days):
    return (datetime.now(UTC).date() - timedelta(days=days)).isoformat()


async def of_three_days(store):
    """Keep lines of today, yesterday and long ago."""
    for days, users in ((0, ["kim"]), (1, ["kim", "kim", "lee"]), (40, ["kim"])):
        for turn, user in enumerate(users):
            await store.aput(("usage", ago(days), user), f"turn{turn}", {**LINE, "seconds": 1.0 + turn})
    return await usage(store, days=7), await usage_by_day(store, days=7)


async def test_days_that_are_over_become_a_row_each_and_tell_the_same():
    store = InMemoryStore()
    before = await of_three_days(store)
    assert [(row["day"], row["turns"]) for row in before[1]] == [(ago(0), 1), (ago(1), 3)]
    assert before[1][1]["seconds_p95"] == 3.0
    await sum_up(store, keep_days=400)
    assert (await usage(store, days=7), await usage_by_day(store, days=7)) == before
    assert [one.namespace[1] for one in await store.asearch(("usage",))] == [ago(0)]
    assert [row["turns"] for row in await usage_by_day(store, days=41)] == [1, 3, 1]


async def test_rows_older_than_is_kept_are_forgotten():
    store = InMemoryStore()
    await of_three_days(store)
    await sum_up(store, keep_days=30)
    assert [row["day"] for row in await usage(store, days=366)] == [ago(0), ago(1), ago(1)]


async def test_who_is_cut_off_while_summing_up_counts_no_turn_twice():
    store = InMemoryStore()
    before = await of_three_days(store)
    await sum_up(store, keep_days=400)
    await store.aput(("usage", ago(1), "kim"), "turn1", dict(LINE))  # a line that was not yet taken out
    await sum_up(store, keep_days=400)
    assert (await usage(store, days=7), await usage_by_day(store, days=7)) == before
    assert await store.asearch(("usage", ago(1))) == []


async def test_whoever_watches_hears_of_each_turn_until_they_end_it():
    heard = []
    end = watch(heard.append)
    await keep(None, "kim", "one", LINE)
    end()
    await keep(None, "kim", "two", LINE)
    assert heard == [LINE]


def test_only_what_failed_is_a_fallback():
    codes = ("learned", "wish_relaxed", "web_failed", "index_fallback", "budget_ended")
    grade = Grade(good=False, grounded=1.0, answers=0.4, in_language=True)
    reply = Reply(
        text="", status="best_effort", language="en", routes=[], grade=grade, spent=tally([], 1.5, 0),
        notes=[{"code": code, "text": code} for code in codes],
    )  # fmt: skip
    line = line_of(reply)
    assert (line["fallbacks"], line["grade"], line["status"]) == (
        ["index_fallback", "web_failed"],
        "poor",
        "best_effort",
    )
