"""What the routing figures count, and that the router keeps its promises on the cases that it may be tuned on."""

import pytest

from stylegraph.agent.local.router import classifier
from stylegraph.agent.local.router.examples import load_prototypes
from stylegraph.agent.local.router.weights import is_current, shipped_head
from stylegraph.evals.cases import RouteCase, load_cases
from stylegraph.evals.training import router as routing
from stylegraph.evals.training.router import Routed, as_state, confusion, kind_of, report, route_all, route_left_out
from stylegraph.tools.embeddings import LocalEmbedder


def case(**given):
    return RouteCase(
        **{
            "id": "r-ko-0001",
            "text": "그럼 겨울에는?",
            "routes": ["fashion"],
            "language": "ko",
            "ask_back": False,
            "split": "tune",
            **given,
        }
    )


def routed(one, *routes, question="겨울 셔츠"):
    routing = {"question": question, "routes": list(routes), "language": "ko", "ask_back": None}
    return Routed(one, routing, 5.0)


def test_a_set_of_routes_is_exact_whatever_its_order():
    wanted = case(routes=["fashion", "web"])
    assert routed(wanted, "web", "fashion").exact
    assert not routed(wanted, "fashion").exact
    assert not routed(wanted, "web", "fashion", "documents").exact


def test_a_standalone_question_needs_a_word_of_every_group():
    wanted = case(standalone=[["겨울", "winter"], ["셔츠"]])
    assert routed(wanted, "fashion").stands_alone
    assert not routed(wanted, "fashion", question="겨울에는?").stands_alone


def test_the_report_counts_by_kind_and_shows_what_was_taken_for_what():
    wrong = routed(case(), "documents")
    right = routed(case(image=True), "fashion")
    text = report([wrong, right])
    assert "exact set of routes: 1/2 (0.500)" in text
    assert "pictured       1/1" in text
    assert confusion([wrong]).splitlines()[-1].split() == ["f", "1"]


def test_kinds_are_told_apart():
    history = [{"role": "user", "content": "셔츠 추천해줘"}]
    assert kind_of(case(history=history)) == "follow-up"
    assert kind_of(case(ask_back=True, routes=["chat"])) == "unclear"
    assert kind_of(case(routes=["web", "fashion"])) == "several routes"


def test_a_case_becomes_the_state_that_the_router_reads():
    history = [{"role": "user", "content": "셔츠 추천해줘"}, {"role": "assistant", "content": "1. 흰 셔츠"}]
    state = as_state(case(history=history, image=True))
    assert [message.type for message in state["messages"]] == ["human", "ai", "human"]
    assert state["turn"]["image"]


def test_what_is_shipped_was_learned_from_these_prototypes_and_words():
    """If this fails: `python -m stylegraph.evals.training.router --embed`."""
    assert shipped_head(LocalEmbedder()) is not None
    assert is_current(LocalEmbedder())


async def test_the_router_holds_on_a_sample_of_the_tune_cases():
    sample = [one for one in load_cases("routes") if one.split == "tune"][::4]
    results = await route_all(sample)
    assert sum(one.exact for one in results) / len(results) >= 0.93
    leaning = [one.stands_alone for one in results if one.case.standalone]
    assert sum(leaning) / len(leaning) >= 0.86


ODD = "zyzzyva quokka"
"""Words that no shipped example has, so that only the case itself could teach where they go."""


async def learn_from_few(monkeypatch, *cases):
    """Let what is learned come from every 25th prototype and these cases, which takes a second instead of a minute."""
    few = load_prototypes()[::25] + tuple(classifier.Prototype(one.text, frozenset(one.routes), "") for one in cases)
    vectors = await LocalEmbedder().embed([one.text for one in few])

    async def given(_):
        return vectors

    monkeypatch.setattr(classifier, "load_prototypes", lambda: few)
    monkeypatch.setattr(classifier, "prototype_vectors", given)


async def test_a_family_that_is_left_out_teaches_nothing(monkeypatch):
    odd = case(id="r7-en-0001", text=ODD, routes=["web", "documents", "fashion"], language="en")
    await learn_from_few(monkeypatch, odd)
    follow_ups = [one for one in load_cases("routes") if one.split == "tune" and one.history][::40]
    monkeypatch.setattr(routing, "load_cases", lambda _: [*follow_ups, odd])
    (unseen,) = await route_left_out("r7")
    assert unseen.case == odd
    assert not unseen.exact
    monkeypatch.setattr(routing, "fitted_head", lambda embedder, _: classifier.fitted_head(embedder))
    (seen,) = await route_left_out("r7")
    assert seen.exact


async def test_a_family_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(ValueError, match=r"no family 'r2'.*r3"):
        await route_left_out("r2")
