"""Which language a text is in, and where its sentences are."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylegraph.agent.text.language import detect_language, has_final_consonant, sentence_spans, sentences

WILD = st.text(st.sampled_from("린넨은 다요.!?\n\r\t…。\"')]*#|- 1a.AbZ,éß\u2028\u3000\U0001f455"), max_size=200)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("여름에 입을 시원한 셔츠 추천해줘", "ko"),
        ("What should I wear to a summer wedding?", "en"),
        ("USB-C 포트가 있나요", "ko"),
        ("ALL-in 코딩 공모전 수상작들을 요약해줘", "ko"),
        ("What does 한복 mean in English, and when is it worn?", "en"),
        ("?!", "en"),
    ],
)
def test_the_language_is_that_of_most_of_the_words(text, language):
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("린넨은 30도에서 빱니다. 건조기는 피하세요!", ["린넨은 30도에서 빱니다.", "건조기는 피하세요!"]),
        ("그늘에서 말립니다.직사광선은 피해요.", ["그늘에서 말립니다.", "직사광선은 피해요."]),
        ("Use 2.5 ml (e.g. Woolite). Rinse twice.", ["Use 2.5 ml (e.g. Woolite).", "Rinse twice."]),
        ("Dr. Kim wrote it. J. Lee read it.", ["Dr. Kim wrote it.", "J. Lee read it."]),
        ("1. 찬물에 담급니다\n2. 헹굽니다", ["1. 찬물에 담급니다", "2. 헹굽니다"]),
        ("# 세탁\n본문입니다.", ["# 세탁", "본문입니다."]),
        ('그는 "괜찮아요." 라고 했다. 끝.', ['그는 "괜찮아요."', "라고 했다.", "끝."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text, expected):
    assert sentences(text) == expected


def test_a_wrapped_line_goes_on_in_the_next():
    text = "이 문장은 아주 길어서 줄이 한 번 바뀌었지만 아직 끝나지 않았고\n다음 줄까지 이어집니다. 끝."
    assert sentences(text) == [text.removesuffix(" 끝."), "끝."]


@given(WILD)
def test_spans_are_in_order_and_hold_every_character_but_white_space(text):
    spans = sentence_spans(text)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    kept = "".join(text[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("word", "closed"), [("겨울", True), ("바지", False), ("린넨", True), ("wool", True), ("tie", False)]
)
def test_a_final_consonant_decides_the_particle(word, closed):
    assert has_final_consonant(word) is closed
