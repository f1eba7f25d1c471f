"""The published graphs take the way that their notebooks take, and a table sets ours beside them."""

import pytest

from stylegraph.evals.bench.published import Timed, table, timed, tokens

PASSAGES = ["Linen takes 200 degrees.", "Silk takes 150 degrees.", "Wool takes 150 degrees.", "Boots are heavy."]
ANSWER = "Iron linen at up to 200 degrees."


@pytest.mark.parametrize(
    ("name", "relevant", "calls"),
    [
        ("adaptive RAG", PASSAGES[:1], 8),  # route, four passages, write, two grades
        ("self-RAG", PASSAGES[:2], 7),
        ("corrective RAG", PASSAGES, 5),  # four passages, write
        ("corrective RAG", PASSAGES[:1], 6),  # and the question again, for the web
    ],
)
async def test_calls_are_those_of_the_notebooks_one_after_another(name, relevant, calls):
    made = await timed(name, "How hot may linen be ironed?", PASSAGES, relevant, ANSWER)
    assert len(made.made) == calls
    assert made.trips == calls
    assert made.seconds == pytest.approx(0.4 * calls + 0.01 * sum(call.tokens_out for call in made.made))
    assert tokens(ANSWER) in [call.tokens_out for call in made.made]


def test_the_table_says_how_long_ours_took_of_each():
    rows = [Timed("ours", "a", 3, 2.0), Timed("adaptive RAG", "a", 8, 5.0), Timed("ours", "b", 3, 2.0)]
    assert "| adaptive RAG | 8.0 | 5.00 | 0.40 |" in table(rows)
