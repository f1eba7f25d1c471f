"""A text taken apart: what is a sentence, an item, a row, a block of code, and what is only markup."""

from hypothesis import given, settings
from hypothesis import strategies as st

from stylegraph.agent.text.units import opens_list, units

README = """<!-- SPDX-License-Identifier: Apache-2.0 -->
<p align="center"><img src="logo.svg" width="200"></p>
<h1 align="center">Loom <b>CLI</b></h1>

[![CI](https://ci.example/badge.svg)](https://ci.example) ![cov](https://cov.example/b.svg "coverage")
Loom weaves files together. It needs no server.

[Docs](docs/) | [Install](#install) · [FAQ](faq.md)

- [Install](#install)
- [Usage](#usage)

## Install

Run one of these:

- With pip. It is the usual way.
  ```sh
  pip install loom

  # not a heading
  ```
- With conda

| 옵션 | 뜻 |
|---|---|
| -v | 자세히 씁니다. 두 번 쓰면 더 자세히. |

[ci]: https://ci.example
"""


def kinds(text):
    return [(unit.kind, text[unit.start : unit.end]) for unit in units(text)]


def of_kind(text, kind):
    return [said for one, said in kinds(text) if one == kind]


def test_badges_tags_navigation_comments_and_definitions_are_no_sentences():
    assert of_kind(README, "sentence") == [
        "Loom <b>CLI</b>",
        "Loom weaves files together.",
        "It needs no server.",
        "Run one of these:",
    ]


def test_an_item_is_one_unit_and_the_code_in_it_another():
    assert of_kind(README, "item") == ["- With pip. It is the usual way.", "- With conda"]
    assert of_kind(README, "code") == ["```sh\n  pip install loom\n\n  # not a heading\n  ```"]


def test_a_row_is_one_unit_however_many_sentences_its_cells_hold():
    assert of_kind(README, "header") == ["| 옵션 | 뜻 |\n|---|---|"]
    assert of_kind(README, "row") == ["| -v | 자세히 씁니다. 두 번 쓰면 더 자세히. |"]


def test_a_heading_has_its_level_and_a_line_of_code_is_none():
    assert [(unit.level, README[unit.start : unit.end]) for unit in units(README) if unit.level] == [(2, "## Install")]


def test_rows_without_a_header_are_rows_too():
    assert [kind for kind, _ in kinds("| 울 | 30도. 손세탁. |\n| 면 | 60도. |")] == ["row", "row"]


def test_bullets_of_office_programs_are_items():
    text = "준비물\n• 찬물을 받습니다. 차가울수록 좋습니다.\n• 중성 세제를 풉니다.\n끝입니다."
    assert of_kind(text, "item") == ["• 찬물을 받습니다. 차가울수록 좋습니다.", "• 중성 세제를 풉니다."]
    assert of_kind(text, "sentence") == ["준비물", "끝입니다."]


def test_an_indented_paragraph_of_a_plain_text_is_no_code():
    text = "    신청은 3월 2일까지 받습니다. 늦으면 안 됩니다.\n\n이렇게 씁니다.\n\n    for x in items: print(x)\n"
    assert [kind for kind, _ in kinds(text)] == ["sentence", "sentence", "sentence", "code"]


def test_a_licence_that_is_written_as_prose_is_read():
    text = "## License\n\nLicensed under the MIT License."
    assert of_kind(text, "sentence") == ["Licensed under the MIT License."]


def test_a_colon_opens_a_list_in_both_languages():
    assert opens_list("준비물:") and opens_list("**You need:**".replace(":**", "**:")) and not opens_list("끝.")


@settings(max_examples=300)
@given(st.text(st.sampled_from(list("가나다. #-*|`~<>!()[]:/=1ab\n\n  \t\r")), max_size=300) | st.text(max_size=200))
def test_units_are_in_order_and_hold_every_character_that_is_not_white_space(text):
    covered = [False] * len(text)
    last = 0
    for unit in units(text):
        assert last <= unit.start < unit.end
        assert text[unit.start : unit.end].strip() == text[unit.start : unit.end]
        covered[unit.start : unit.end] = [True] * (unit.end - unit.start)
        last = unit.end
    assert all(known or letter.isspace() for known, letter in zip(covered, text, strict=True))
