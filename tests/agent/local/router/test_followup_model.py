"""What tells where a follow-up goes."""

import pytest

from stylegraph.agent.local.router.classifier import LOOK, Reading, best
from stylegraph.agent.local.router.followup_model import NAME, Views, follow, told
from stylegraph.agent.text.resources import read_yaml

ROUTES = ("documents", "web", "fashion", "chat", LOOK)


def margins(**given):
    return {route: given.get(route, -1.0) for route in ROUTES}


def views(*, alone, earlier, leans=-1.0, same=-1.0):
    """A follow-up whose own words say as much with the thing it is about, and with the question before it."""
    return Views(alone, Reading(leans=leans, same=same, margins=alone), earlier, alone)


UNDECIDED = margins(documents=-0.3, web=-0.3, fashion=-0.3)


@pytest.mark.parametrize("before", ["documents", "web", "fashion"])
def test_what_says_nothing_of_its_own_goes_where_the_question_before_it_went(before):
    asked = views(alone=UNDECIDED, earlier=margins(**{before: 0.9}), leans=0.8, same=0.8)
    assert best(follow(asked, answers=False)) == before


@pytest.mark.parametrize("now", ["documents", "web", "fashion", "chat"])
def test_what_says_where_it_goes_goes_there(now):
    asked = views(alone=margins(**{now: 1.0}), earlier=margins(fashion=0.9))
    assert best(follow(asked, answers=False)) == now


def test_an_answer_to_a_question_that_was_put_back_goes_where_the_first_question_wanted_to_go():
    asked = views(alone=margins(fashion=0.4, documents=-0.4), earlier=margins(documents=0.9), leans=0.0, same=0.0)
    assert best(follow(asked, answers=True)) == "documents"


def test_each_weight_is_of_something_that_is_told():
    asked = views(alone=UNDECIDED, earlier=margins(web=1.0))
    names = {name for route in ROUTES for name in told(route, asked, answers=True)}
    assert set(read_yaml("stylegraph.agent.local.router", NAME)) == names
