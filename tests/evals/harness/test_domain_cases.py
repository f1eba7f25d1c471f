"""Questions over a user's own sources in invented domains."""

from stylegraph.evals.harness.domain_cases import domain, domain_cases


def test_forty_questions_belong_to_their_own_source_in_both_languages():
    own = [case for case in domain_cases() if case.routes == [case.domain]]
    assert len(own) >= 40
    assert {(case.domain, case.language) for case in own} == {
        (name, language) for name in ("hr", "clinic", "wiki") for language in ("ko", "en")
    }


def test_no_question_is_an_example_of_its_source_and_no_id_stands_twice():
    cases = domain_cases()
    assert len({case.id for case in cases}) == len({case.text for case in cases}) == len(cases)
    assert [case.text for case in cases if case.text in domain(case.domain).examples] == []


def test_what_an_answer_should_say_stands_in_the_source():
    for case in domain_cases():
        assert case.says is None or any(case.says in page.text for page in domain(case.domain).pages), case.id
