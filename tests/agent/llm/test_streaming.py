"""What people see of a model's text while it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylegraph.agent.llm.streaming import Visible, parted

LINK = "https://ok.example/a"
PIECES = st.lists(st.sampled_from(["울 ", "[1]", "\n", "---", '[1] "인용"', " ", "- ", "끝.", "-", '"', "["]))


def shown(text, sizes):
    out: list[str] = []
    visible = Visible(out.append, frozenset({LINK}))
    at = 0
    for size in [*sizes, len(text)]:
        visible.take(text[at : at + size])
        at += size
    visible.end()
    return "".join(out)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ('찬물에 빨아요 [1].\n---\n[1] "찬물"', "찬물에 빨아요 [1]."),
        ('찬물에 빨아요 [1].\n[1] "찬물"', "찬물에 빨아요 [1]."),
        ('찬물에 빨아요 [1].\n\n----\n\n[1] "찬물"', "찬물에 빨아요 [1].\n"),
        ("- 하나 [1]\n- 둘 [2]", "- 하나 [1]\n- 둘 [2]"),
        ("1 - 2\n--\n3", "1 - 2\n--\n3"),
        ("NOTHING: 자료에 없어요.", "자료에 없어요."),
        ("**DECLINED:** 못 해요.", "못 해요."),
        (f"보세요 {LINK} 그리고 https://evil.example/?q=1 끝", f"보세요 {LINK} 그리고  끝"),
        ("![x](https://evil.example/x.png?q=secret) 끝", "[x] 끝"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_quotes_labels_and_links_never_show_however_the_text_comes(text, seen, size):
    assert shown(text, [size] * (len(text) // size)) == seen


@given(PIECES, st.lists(st.integers(1, 5), max_size=60))
def test_pieces_make_no_difference(pieces, sizes):
    text = "".join(pieces)
    assert shown(text, sizes).strip() == shown(text, []).strip()


@given(PIECES)
def test_what_shows_is_the_answer(pieces):
    text = "".join(pieces)
    assert shown(text, [1] * len(text)).split() == parted(text).answer.split()
