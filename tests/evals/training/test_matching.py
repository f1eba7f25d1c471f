"""The weights by which an index answers alone: fitted to questions that were routed, written where the router reads them."""

import pytest

from stylegraph.agent.local.router.signs import NAME, Signs, Weights, shipped_weights
from stylegraph.agent.text.resources import parse_yaml, read_text
from stylegraph.evals.harness.newcomers import articles
from stylegraph.evals.harness.reading_cases import reading_documents
from stylegraph.evals.training.matching import (
    Place,
    Row,
    elsewhere,
    fitted,
    fitted_apart,
    least_of,
    newcomers_place,
    report,
    rows_of,
    train_documents,
    train_places,
    written,
)

WEIGHTS = Weights(score=20.0, leans=3.0, gap=1.5, spoken=1.0, alike=2.0, asks=0.5, constant=-0.5, least=1.0)


def row(score, *, own, leans=-0.5, gap=0.0, kind="a kind", place="here"):
    """Return a row that goes right where the index answers what it holds, and nothing else."""
    return Row(kind, place, own, Signs(score, leans, gap), alone=own, without=not own)


ROWS = [
    *(row(0.30 + 0.01 * step, own=True) for step in range(10)),
    *(row(0.10 + 0.01 * step, own=False) for step in range(10)),
]


def test_what_is_written_is_what_the_router_reads():
    assert parse_yaml(read_text("stylegraph.agent.local.router", NAME)) == shipped_weights()._asdict()
    assert Weights(**parse_yaml(written(WEIGHTS))) == WEIGHTS


def test_a_better_match_tells_that_the_index_answers():
    weights = fitted(ROWS)
    assert weights.score > 0
    assert weights.odds(Signs(0.4, -0.5, 0.0)) > 0 > weights.odds(Signs(0.1, -0.5, 0.0))


def test_what_the_weights_do_not_decide_teaches_nothing():
    decided = Row("a kind", "here", own=False, signs=None, alone=False, without=True)
    assert fitted([*ROWS, *[decided] * 50]) == fitted(ROWS)


def test_an_index_is_judged_by_weights_that_saw_only_others():
    turned = [row(0.30, own=False, place="there"), row(0.10, own=True, place="there")] * 40
    apart = fitted_apart([*ROWS, *turned])
    assert apart["there"] == fitted(ROWS)
    assert apart["here"].score < 0 < apart["there"].score


def test_it_counts_from_where_both_sides_lose_least():
    asked = [*(row(0.30, own=True) for _ in range(3)), *(row(0.25, own=False) for _ in range(90))]
    weights = WEIGHTS._replace(score=10.0, leans=0.0, constant=0.0)
    assert 2.5 < least_of({"here": weights}, asked) <= 3.0


def test_what_goes_elsewhere_is_dearer_than_what_an_index_answers():
    asked = [row(0.1, own=True), row(0.3, own=True), row(0.1, own=False), row(0.0, own=False)]
    weights = WEIGHTS._replace(score=10.0, leans=0.0, constant=0.0)
    assert 1.0 < least_of({"here": weights}, asked) <= 3.0


def test_the_report_counts_by_kind_what_goes_right_with_and_without():
    rows = [
        row(0.4, own=True, kind="documents"),
        row(0.4, own=False, kind="news"),
        row(0.0, own=True, kind="documents"),
    ]
    lines = report(rows, {"shipped": lambda one: WEIGHTS}).splitlines()
    assert lines[0].split() == ["asked", "no", "say", "shipped"]
    assert [line.split() for line in lines[1:]] == [
        ["documents", "2", "0", "1"],
        ["news", "1", "1", "0"],
        ["all", "3", "1", "1"],
    ]


def test_no_document_of_a_test_split_is_learned_from():
    test = {article.id for article in articles() if article.split == "test"}
    test |= {document.id for document in reading_documents() if document.split == "test"}
    assert not test & {document.id for document in train_documents()}
    assert not test & set(newcomers_place([]).pages)


def test_the_train_split_is_several_indexes_and_beside_each_something_else_is_asked():
    places = train_places(elsewhere())
    ids = [name for place in places for name in place.pages]
    assert len(ids) == len({*ids}) == len(train_documents())
    beside = [
        {one.state["turn"]["asked"] for one in place.questions if one.kind == "left out, web"} for place in places
    ]
    assert all(beside)
    assert beside[0] != beside[1]


def test_of_the_others_no_question_is_for_documents_alone():
    asked = elsewhere()
    assert all(one.routes != {"documents"} for one in asked)
    assert {one.routes for one in asked if one.kind == "left out, put back"} == {frozenset(["chat"])}


@pytest.mark.integration
async def test_a_question_is_routed_beside_an_index_with_a_say_and_without():
    place = newcomers_place(elsewhere()[:1])
    asked = [*place.questions[:12], place.questions[-1]]
    rows = await rows_of(Place(place.name, place.pages, asked))
    assert [one.own for one in rows] == [True] * 12 + [False]
    assert all(one.alone for one in rows[:-1] if one.signs)
    assert any(one.signs and not one.without for one in rows[:-1])
    assert rows[-1].without
