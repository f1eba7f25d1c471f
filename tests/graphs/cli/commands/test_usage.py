"""`stylegraph usage`: what turns cost, and by prices of when."""

from __future__ import annotations

import asyncio
import re

from stylegraph.agent.settings import load_settings
from stylegraph.agent.usage import Line, keep
from stylegraph.graphs.persistence import open_people

LINE = Line(
    seconds=1.0, calls=2, tokens_in=100, tokens_out=20, dollars=0.01, status="answered", grade="good", fallbacks=[]
)


def test_what_turns_cost_is_shown_with_the_date_of_the_prices(cli, home):
    async def spend():
        async with open_people(load_settings()) as people:
            await keep(people, "kim", "one", LINE)

    asyncio.run(spend())
    shown = cli("usage").stdout
    assert re.search(r"kim\s+1\s+2\s+120\s+0\.0100", shown)
    assert re.search(r"Dollars: list prices of 20\d\d-\d\d, and yours in STYLEGRAPH_MODEL_PRICES", shown)
    assert cli("usage", "--json").records[0]["dollars"] == 0.01


def test_what_nobody_knows_the_price_of_is_unknown_and_no_zero(cli, home):
    async def spend():
        async with open_people(load_settings()) as people:
            await keep(people, "kim", "one", {**LINE, "dollars": None})
            await keep(people, "lee", "one", LINE)
            await keep(people, "lee", "two", {**LINE, "dollars": None})

    asyncio.run(spend())
    shown = cli("usage").stdout
    assert re.search(r"kim\s+1\s+2\s+120\s+unknown", shown)
    assert re.search(r"lee\s+2\s+4\s+240\s+0\.0100\+\?", shown)
    assert 'STYLEGRAPH_MODEL_PRICES={"gpt-6-luna": {"input": X, "cached": Y, "output": Z}}' in " ".join(shown.split())


def test_where_nothing_was_asked_it_says_how_to_begin(cli, home):
    assert cli("usage").stdout == "No turn of a server is kept for these days. Begin one: stylegraph serve.\n"
