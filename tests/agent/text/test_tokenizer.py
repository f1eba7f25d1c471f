"""Tokens are the words that carry meaning: Korean morphemes, English stems, numbers."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stylegraph.agent.text import tokenizer
from stylegraph.agent.text.tokenizer import read_tokens, tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("울 스웨터를 세탁했어요", ["울", "스웨터", "세탁"]),
        ("울 니트와 울", ["울", "니트", "울"]),
        ("Washing the wool sweaters", ["wash", "wool", "sweater"]),
        ("JavaScript를 배우는 B2B 회사", ["배우", "회사", "javascript", "b2b"]),
        ("가격은 1,000원, 할인은 3.5퍼센트", ["가격", "원", "할인", "퍼센트", "1000", "3.5"]),
        ("Don’t stop: café déjà", ["stop", "café", "déjà"]),
        ("日本語", ["日", "本", "語"]),
        ("Привет, мир", ["привет", "мир"]),
        ("*:* AND ( ~ !?", []),
        ("", []),
        ("그것은 무엇인가요?", []),
        ("to be or not to be", []),
    ],
)
def test_a_text_becomes_the_words_that_say_something(text, tokens):
    assert tokenize(text) == tokens


def test_english_words_are_the_same_beside_korean_as_alone():
    assert set(tokenize("running shoes")) <= set(tokenize("저는 running shoes를 샀어요"))


def test_decomposed_hangul_is_read_as_what_it_shows():
    import unicodedata

    assert tokenize(unicodedata.normalize("NFD", "반팔 셔츠")) == tokenize("반팔 셔츠")


def test_neighbouring_nouns_also_meet_as_one_word():
    assert "반팔티셔츠" in read_tokens("반팔 티셔츠를 찾아요").compounds
    assert "가능성" in read_tokens("가능성이 높다").compounds
    assert read_tokens("반팔을 입고 셔츠를 벗다").compounds == []
    assert read_tokens("red cotton shirt").compounds == []


def test_all_words_count_as_often_as_they_stand_there():
    assert tokenize("셔츠 셔츠 shirt shirts").count("셔츠") == 2
    assert tokenize("셔츠 셔츠 shirt shirts").count("shirt") == 2


@settings(max_examples=150)
@given(st.text(st.characters(codec=None), max_size=80) | st.text("가나다옷을abc'.,-1 \x00\ud800", max_size=40))
def test_any_text_gives_clean_tokens(text):
    found = read_tokens(text)
    for token in [*found.words, *found.compounds]:
        assert token
        assert not any(letter.isspace() or letter in "\x00\x1f\"'" for letter in token)
        token.encode("utf-8")
    assert read_tokens(text) == found


def test_threads_may_share_it():
    texts = [f"{number}번째 스웨터를 세탁했어요, washing {number} sweaters" for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(tokenize, texts)) == [tokenize(text) for text in texts]


def test_english_alone_does_not_load_the_korean_model():
    import subprocess
    import sys

    code = (
        "import sys; from stylegraph.agent.text.tokenizer import tokenize; tokenize('wool sweaters');"
        "assert 'kiwipiepy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_question_of_20_000_syllables_without_a_space_is_cut_once():
    question = "가" * 20_000
    before = tokenizer._cut_once.cache_info()
    for _ in range(3):
        tokenizer.read_tokens(question)
        tokenizer.whole_words(question)
        tokenizer.korean_nouns(question)
    after = tokenizer._cut_once.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 8)
