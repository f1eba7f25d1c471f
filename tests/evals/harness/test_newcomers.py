"""What strangers ask beside an index of many fields."""

from stylegraph.evals.harness.newcomers import articles, newcomer_cases


def test_questions_have_an_id_each_and_stand_there_once():
    cases = newcomer_cases()
    assert len({case.id for case in cases}) == len({case.text for case in cases}) == len(cases)


def test_a_document_and_its_questions_are_of_one_split():
    of_documents = {case.text: case.split for case in newcomer_cases() if case.kind == "document"}
    assert all(of_documents[question] == article.split for article in articles() for question in article.questions)


def test_each_kind_has_both_splits():
    kinds = {(case.kind, case.split) for case in newcomer_cases()}
    assert kinds == {
        (kind, split) for kind in ("document", "news", "stylist", "shop", "talk") for split in ("tune", "test")
    }
