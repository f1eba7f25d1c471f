"""Own sources find by their arguments, and by words where an agent gives none."""

import pytest

from stylegraph.evals.harness.agents.own import own_sources


@pytest.mark.parametrize(
    ("name", "arguments", "title"),
    [
        ("weather", {"city": "제주시", "date": "2026-06-04"}, "제주 날씨 2026-06-04"),
        ("weather", {"city": "Queenstown, New Zealand", "date": "2026-06-06"}, "Queenstown forecast 2026-06-06"),
        ("orders", {"number": "b-2043"}, "Order B-2043"),
        ("clinic", {"department": "Dermatology", "weekday": "Thursday"}, "새봄의원 피부과 목요일"),
        ("leave", {"person": "김도현"}, "휴가 현황: 김도현"),
        ("rates", {"currency": "usd"}, "환율 USD 2026-06-03"),
    ],
)
def test_arguments_choose_the_record(name, arguments, title):
    assert [one["title"] for one in own_sources()[name].found(arguments)] == [title]


def test_an_empty_argument_fits_everything_and_an_unknown_one_nothing():
    clinic = own_sources()["clinic"]
    assert len(clinic.found({"department": "치과", "weekday": ""})) == 2
    assert clinic.found({"department": "cardiology", "weekday": "Monday"}) == []
    assert "dermatology" in clinic.nothing("en")


def test_the_schema_says_what_each_argument_is():
    schema = own_sources()["weather"].args_schema.model_json_schema()
    assert schema["required"] == ["city", "date"]
    assert "YYYY-MM-DD" in schema["properties"]["date"]["description"]
