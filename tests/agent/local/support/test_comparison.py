"""What the local grader looks at, and that the evidence bears what it says and not what was changed."""

import pytest

from stylegraph.agent.local.support.comparison import NAMES, Comparison
from stylegraph.agent.local.support.likelihoods import LEAST, Likelihoods
from stylegraph.agent.local.support.passages import passage_of
from stylegraph.agent.local.support.senses import has, rivals, sides
from stylegraph.tools.embeddings import LocalEmbedder

HERON = [
    "백로는 논에서 먹이를 찾고, 왜가리는 강가에서 찾는다. 백로의 몸길이는 90cm이다.",
    "The reserve opens at 7:00 from April to September. Dogs are not allowed. Entry costs 4 pounds.",
]


@pytest.fixture(scope="module")
def grader():
    return Likelihoods(LocalEmbedder())


async def compared(grader, sentence, text):
    passages = [passage_of(text)]
    known = await grader.know([sentence], passages)
    return dict(zip(NAMES, Comparison(sentence, passages, known).features(), strict=True))


@pytest.mark.parametrize(
    ("sentence", "text", "name", "changed"),
    [
        ("백로의 몸길이는 60cm이다.", HERON[0], "figure_missing", 1.0),
        ("백로의 몸길이는 90cm이다.", HERON[0], "figure_missing", 0.0),
        ("Dogs are allowed.", HERON[1], "negation_dropped", 1.0),
        ("Dogs are not allowed.", HERON[1], "negation_dropped", 0.0),
        ("Dogs must be on a lead.", HERON[1], "necessity_added", 1.0),
        ("The reserve opens at 7:00 from March to September.", HERON[1], "rival", 1.0),
        ("Entry costs 4 pounds.", HERON[1], "quoted", 1.0),
    ],
)
async def test_what_was_changed_shows(grader, sentence, text, name, changed):
    assert (await compared(grader, sentence, text))[name] == changed


async def test_what_is_said_of_another_in_the_same_sentence_is_no_single_clause(grader):
    right = await compared(grader, "왜가리는 강가에서 찾는다.", HERON[0])
    wrong = await compared(grader, "백로는 강가에서 찾는다.", HERON[0])
    assert wrong["near_gap"] > right["near_gap"]


async def test_a_sentence_is_borne_by_the_pieces_that_say_it(grader):
    passages = [passage_of(text) for text in HERON]
    likely, places = await grader.borne("백로의 몸길이는 90cm이다.", passages)
    assert (likely >= LEAST, places) == (True, [0])
    likely, _ = await grader.borne("Entry costs 9 pounds.", passages)
    assert likely < LEAST


async def test_nothing_is_borne_where_there_is_no_evidence(grader):
    assert await grader.borne("Entry costs 4 pounds.", [passage_of(" ")]) == (0.0, [])


def test_a_bound_is_the_same_with_and_without_a_negation():
    assert sides("Never take more than a quarter.") == sides("Take at most a quarter.")
    assert not has("negation", "Never take more than a quarter.")


def test_words_that_exclude_each_other_are_of_one_set():
    (one,), (other,) = rivals("화요일에 쉰다"), rivals("It is closed on Mondays, on Monday")
    assert one[0] == other[0]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        (
            "경복궁은 1395년에 지어졌고, 화요일에 쉰다.",
            [("경복궁은 1395년에 지어졌고", ""), ("화요일에 쉰다.", "경복궁은")],
        ),
        (
            "The Jackson Trail is open. It climbs 640 m.",
            [("The Jackson Trail is open.", ""), ("It climbs 640 m.", "The Jackson Trail")],
        ),
        ("Room 1 seats 30; room 2 seats 12.", [("Room 1 seats 30", ""), ("room 2 seats 12.", "")]),
    ],
)
def test_a_clause_knows_what_it_is_about(text, clauses):
    assert [tuple(clause) for parts in passage_of(text).clauses for clause in parts] == clauses
