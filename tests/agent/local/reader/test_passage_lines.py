"""Evidence taken apart into lines, each with what it stands under."""

from local_parts import passage

from stylegraph.agent.local.reader.passage_lines import evidence_lines

MANUAL = passage(
    "# Norra DW\n\n## Programmes\n\n| Programme | Temperature | Time |\n|---|---|---|\n| Eco | 50 °C | 3 h |\n"
    "| Rinse | - | 12 min |\n\nEco is the default.\n\n## Start\n1. Close the door.\n2. Press Start.",
    title="Norra DW",
)
FAQ = passage(
    "question: 환불은 언제 되나요?\nanswer: 3일 안에 됩니다. 카드는 더 걸립니다.\ncategory: 환불", title="환불"
)
PLAIN = passage("Weekly meeting\nAll were there.\n\n1. Release 2.4\nIt ships in May.\n\nAction items\n- Mina: notes")


def lines_of(*evidence):
    return {line.said: line for line in evidence_lines(evidence)}


def test_a_row_is_told_with_the_names_of_its_columns():
    assert "Eco – Temperature: 50 °C, Time: 3 h" in lines_of(MANUAL)


def test_an_empty_cell_is_not_told():
    assert "Rinse – Time: 12 min" in lines_of(MANUAL)


def test_the_names_of_columns_and_the_rule_below_are_no_answer():
    answers = [line.text for line in evidence_lines([MANUAL]) if not line.is_heading]
    assert not any("Programme" in text or "---" in text for text in answers)


def test_a_row_without_names_of_columns_is_told_cell_by_cell():
    assert "E9 · drain blocked" in lines_of(passage("| E9 | drain blocked |\n| E1 | no water |"))


def test_a_table_of_two_columns_is_told_as_pairs():
    assert "병가: 10일" in lines_of(passage("| 종류 | 일수 |\n| --- | --- |\n| 병가 | 10일 |"))


def test_a_line_keeps_its_number_in_a_list():
    assert [line.step for line in evidence_lines([MANUAL]) if line.step] == [1, 2]


def test_the_answer_of_an_faq_stands_under_its_question_without_its_label():
    answer = lines_of(FAQ)["3일 안에 됩니다."]
    assert "환불은 언제 되나요?" in answer.heading
    assert FAQ["text"][answer.start : answer.end] == answer.text
    assert "환불은 언제 되나요?" in lines_of(FAQ)["카드는 더 걸립니다."].heading


def test_a_question_and_the_category_of_an_faq_are_no_answers():
    headings = [line.text for line in evidence_lines([FAQ]) if line.is_heading]
    assert headings == ["question: 환불은 언제 되나요?", "category: 환불"]


def test_a_question_is_answered_until_the_next_paragraph():
    text = "왜 줄어들까요? 섬유가 엉키기 때문입니다.\n\n건조는 그늘에서 합니다."
    assert "왜 줄어들까요?" not in lines_of(passage(text))["건조는 그늘에서 합니다."].heading


def test_a_short_line_alone_heads_a_plain_text():
    lines = lines_of(PLAIN)
    assert lines["Action items"].is_heading
    assert "Action items" in lines["- Mina: notes"].heading
    assert "1. Release 2.4" in lines["It ships in May."].heading


def test_a_heading_with_a_figure_may_still_be_quoted():
    assert not lines_of(PLAIN)["1. Release 2.4"].is_heading


def test_rows_that_go_on_in_another_passage_keep_the_names_of_their_columns():
    rows = passage("| Eco | 50 °C | 3 h |\n| Rinse | - | 12 min |", title="Norra DW")
    rows["locator"] = {"lead_in": "| Programme | Temperature | Time |"}
    assert "Eco – Temperature: 50 °C, Time: 3 h" in lines_of(rows)


def test_a_block_of_code_is_one_line_and_markup_is_none():
    readme = passage(
        "[![CI](https://ci.example/b.svg)](https://ci.example)\n\n```sh\n# first\nmake all\n```\n\nIt builds."
    )
    assert list(lines_of(readme)) == ["```sh # first make all ```", "It builds."]
