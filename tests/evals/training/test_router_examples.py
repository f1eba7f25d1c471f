"""Labelled cases become prototypes: each where `examples.yaml` has its like."""

import pytest

from stylegraph.agent.local.router.examples import load_prototypes
from stylegraph.evals.cases import RouteCase, Said, load_cases
from stylegraph.evals.training.router_examples import sections_of


def case(**given):
    plain = {"id": "r-ko-0001", "text": "그건?", "language": "ko", "ask_back": False, "split": "tune"}
    return RouteCase(**plain | {"routes": ["documents"]} | given)


@pytest.mark.parametrize(
    ("given", "section", "key"),
    [
        ({}, "routes", "documents"),
        ({"routes": ["fashion", "documents"]}, "combined", "documents+fashion"),
        ({"routes": ["image"], "image": True}, "routes", "image"),
        ({"routes": ["image", "documents"], "image": True}, "leaning", "documents"),
        ({"routes": ["chat"], "ask_back": True}, "leaning", "unclear"),
    ],
)
def test_a_case_stands_where_its_routes_are_learned(given, section, key):
    assert sections_of([case(**given)])[section] == {key: ["그건?"]}


def test_nothing_is_taken_from_follow_ups():
    said = [Said(role="user", content="린넨 세탁"), Said(role="assistant", content="찬물에 빱니다.")]
    assert not any(sections_of([case(history=said)]).values())


def test_the_router_learns_from_every_tune_case_that_stands_alone():
    known = {one.text for one in load_prototypes()}
    alone = [one for one in load_cases("routes") if one.split == "tune" and not one.history]
    assert [one.text for one in alone if one.text not in known] == []


def test_the_router_has_seen_no_test_case():
    known = {one.text for one in load_prototypes()}
    assert [one.id for one in load_cases("routes") if one.split == "test" and one.text in known] == []
