"""The graders are judged like anything else: a suite, locally or live by a chat model, against the labels."""

from standins.chat import ChatServer, Fault
from standins.http import serving

from stylegraph.evals.grading.agreement import kappa
from stylegraph.evals.grading.cases import BORNE
from stylegraph.evals.harness.fixtures import live_settings
from stylegraph.evals.harness.runs import judge
from stylegraph.evals.recording.judge import judged_cases
from stylegraph.evals.suites import suite

ONE = ["g-en-16"]


async def live(answer):
    server = ChatServer(chat=answer)
    async with serving(server.handle) as url:
        settings = live_settings(True, f"{url}/v1", "judge")
        return await judge(suite("support"), "model", only=ONE, live=settings), server


def all_borne(seen):
    count = seen.body["response_format"]["json_schema"]["schema"]["properties"]["sentences"]["minItems"]
    return {"sentences": [[1]] * count, "answers": "fully"}


async def test_a_chat_model_that_agrees_to_everything_agrees_where_people_do():
    (one,), server = await live(all_borne)
    assert server.count() == 1
    assert one.scores == {"agreement": 3 / 9}  # three of the nine sentences are borne
    assert one.path == ["graded by: judge"]
    assert [verdict.borne for verdict in one.verdicts] == [True] * 9
    assert kappa(one.verdicts) == 0.0


async def test_a_judge_that_fails_is_told_and_not_counted():
    (one,), _ = await live(Fault(status=500, body={"error": {"message": "broken"}}))
    assert one.scores == {}
    assert one.passed == {"judged": False}
    assert one.verdicts == []


async def test_without_a_model_the_local_grader_is_judged():
    (one,) = await judge(suite("support"), "local", only=ONE)
    assert 0.5 < one.scores["agreement"] <= 1.0
    assert "borne: " in one.text


def test_the_recorded_judgements_are_of_both_languages_of_tune_and_of_what_is_borne_and_what_is_not():
    cases = judged_cases()
    assert [case.language for case in cases].count("ko") == [case.language for case in cases].count("en")
    assert {case.split for case in cases} == {"tune"}
    kinds = [kind for case in cases for said in case.said for kind in said]
    assert 0.3 < sum(kind in BORNE for kind in kinds) / len(kinds) < 0.7


async def test_a_recorded_judgement_is_judged_like_any_other_answer(no_network):
    (one,) = await judge(suite("judge"), "model", only=[judged_cases()[0].id])
    assert one.error is None
    assert one.path[0] != "graded by: local"
    assert one.scores["agreement"] == sum(borne == label for borne, label in one.verdicts) / len(one.verdicts)
    assert no_network == []
