"""How sure the router is can be taken at its word: it was fitted to questions that it had not learned."""

from stylegraph.agent.local.router.confidence import confidence_of


def test_a_greater_margin_is_surer_and_no_margin_is_certain():
    sure = [confidence_of(margin) for margin in (-1.0, 0.0, 0.5, 1.0, 2.0)]
    assert sure == sorted(sure)
    assert 0.5 < sure[0] < sure[-1] < 1


async def test_a_plain_question_is_surer_than_one_that_could_go_anywhere(routing):
    plain, vague = await routing("린넨 셔츠는 어떻게 세탁해야 해?"), await routing("그 나라 수도의 습도랑 비슷한 거")
    assert plain["confidence"] > vague["confidence"]
