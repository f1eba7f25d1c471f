"""Chunks are whole sentences with exact spans, and lose nothing."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from stylegraph.agent.text.language import sentence_spans
from stylegraph.tools.ingestion.chunks import Chunking, cut, split
from stylegraph.tools.ingestion.token_counts import count_tokens

KOREAN = [
    "울 스웨터는 찬물에 손세탁합니다.",
    "건조기는 쓰지 마세요!",
    "그늘에 뉘어 말리면 모양이 그대로예요.",
    "보풀은 면도기로 살살 깎으면 될까요?",
]
ENGLISH = [
    "Wash wool by hand in cold water.",
    "Dr. Kim says 3.5 minutes is enough.",
    "Never wring it!",
    "Is it dry yet?",
]
SENTENCES = st.lists(st.sampled_from(KOREAN + ENGLISH), min_size=1, max_size=40)
ANY_TEXT = st.text(st.sampled_from(list("가나다. 옷?\n\n#-abc,  e.g 1.2 “”！")), max_size=400) | st.text(max_size=200)


def assert_exact(text, chunks, size):
    covered = [False] * len(text)
    for chunk in chunks:
        start, end = chunk["locator"]["start"], chunk["locator"]["end"]
        assert chunk["text"] == text[start:end]
        assert 0 < len(chunk["text"]) <= size
        covered[start:end] = [True] * (end - start)
    assert all(known or letter.isspace() for known, letter in zip(covered, text, strict=True))
    starts = [chunk["locator"]["start"] for chunk in chunks]
    assert starts == sorted(set(starts))


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT, st.integers(1, 120), st.integers(0, 60))
def test_spans_are_exact_and_cover_all_that_is_not_blank(text, size, overlap):
    assert_exact(text, split(text, size, overlap), size)


@settings(max_examples=200, deadline=None)
@given(SENTENCES, st.sampled_from([" ", "\n", "\n\n"]), st.integers(60, 300), st.integers(0, 80))
def test_no_sentence_is_cut_that_fits(sentences, joint, size, overlap):
    text = joint.join(sentences)
    chunks = split(text, size, overlap)
    for start, end in sentence_spans(text):
        assert any(chunk["locator"]["start"] <= start and end <= chunk["locator"]["end"] for chunk in chunks)


@settings(max_examples=100, deadline=None)
@given(SENTENCES, st.integers(80, 300), st.integers(0, 70))
def test_neighbours_share_whole_sentences_up_to_the_overlap(sentences, size, overlap):
    text = " ".join(sentences)
    chunks = split(text, size, overlap)
    begins = {start for start, _ in sentence_spans(text)}
    for one, other in pairwise(chunks):
        assert one["locator"]["end"] - other["locator"]["start"] <= overlap
        assert other["locator"]["start"] in begins


def test_neighbours_do_share_what_fits():
    text = " ".join(KOREAN * 5)
    one, other = split(text, 100, 40)[:2]
    assert one["locator"]["end"] > other["locator"]["start"]
    assert split(text, 100, 0)[1]["locator"]["start"] >= split(text, 100, 0)[0]["locator"]["end"]


def test_a_sentence_longer_than_a_chunk_is_cut_at_the_best_place():
    text = "아주 긴 문장이라서, 쉼표에서 나누는 것이 낫고, 낱말 가운데를 끊는 것은 나쁩니다."
    pieces = [chunk["text"] for chunk in split(text, 20, 0)]
    assert pieces[0].endswith((",", ", "))
    assert all(len(piece) <= 20 for piece in pieces)
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")


def test_a_word_without_end_is_cut_all_the_same():
    assert [len(chunk["text"]) for chunk in split("가" * 25, 10, 5)] == [10, 10, 5]


def test_headings_begin_chunks_and_are_told_as_a_path():
    section = " ".join(KOREAN * 2)
    text = f"# 세탁\n\n{section}\n\n## 울\n\n{section}\n\n### 캐시미어\n\n{section}\n\n## 면\n\n{section}"
    chunks = split(text, 400, 0)
    assert [chunk["locator"]["heading"] for chunk in chunks] == [
        "세탁",
        "세탁 › 울",
        "세탁 › 울 › 캐시미어",
        "세탁 › 면",
    ]
    assert chunks[1]["text"].startswith("## 울")


def test_a_heading_over_little_text_does_not_make_a_chunk_of_its_own():
    assert len(split("# 제목\n\n한 줄입니다.\n\n## 다음\n\n또 한 줄입니다.", 800, 0)) == 1


def test_blank_text_has_no_chunks():
    assert split("", 100, 10) == split(" \n\t\n", 100, 10) == []


def test_a_long_text_is_cut_in_time_that_grows_with_it():
    import time

    text = " ".join(KOREAN * 5_000)
    begun = time.perf_counter()
    assert len(split(text, 800, 100)) > 400
    assert time.perf_counter() - begun < 5


@settings(max_examples=100, deadline=None)
@given(ANY_TEXT, st.integers(1, 60), st.integers(0, 30), st.sampled_from(["recursive", "heading", "sentence"]))
def test_spans_are_exact_however_it_is_cut(text, size, overlap, by):
    assert_exact(text, cut(text, Chunking(size, overlap, by)), size)


def test_by_heading_no_chunk_holds_parts_of_two_sections():
    text = "# 세탁\n\n짧다.\n\n## 울\n\n역시 짧다.\n\n```\n# no heading\n```\n\n## 면\n\n" + " ".join(KOREAN * 5)
    chunks = cut(text, Chunking(200, 50, "heading"))
    assert [chunk["locator"]["heading"] for chunk in chunks][:2] == ["세탁", "세탁 › 울"]
    assert {chunk["locator"]["heading"] for chunk in chunks[2:]} == {"세탁 › 면"}
    assert "# no heading" in chunks[1]["text"]
    assert chunks[2]["text"].startswith("## 면")


def test_by_sentence_kiwi_finds_korean_sentences_without_full_stops():
    text = "오늘은 날씨가 정말 좋네요 그래서 겨울 코트를 세탁소에 맡기고 왔습니다 내일은 니트를 손으로 빨 거예요"
    pieces = [chunk["text"] for chunk in cut(text, Chunking(30, 0, "sentence"))]
    assert [piece[-1] for piece in pieces] == ["요", "다", "요"]


def test_size_and_overlap_may_be_counted_in_tokens():
    text = " ".join(KOREAN * 5)
    chunks = cut(text, Chunking(40, 15, unit="tokens"))
    counted = [count_tokens(chunk["text"]) for chunk in chunks]
    assert max(counted) <= 42  # the space between two sentences may cost a token more
    assert min(counted[:-1]) > 20
    for one, other in pairwise(chunks):
        shared = text[other["locator"]["start"] : one["locator"]["end"]]
        assert count_tokens(shared) <= 16


def test_a_page_begins_a_chunk_and_shares_nothing_with_the_page_before():
    text = " ".join(KOREAN * 4)
    page = text.index("보풀") + 5  # in the middle of a sentence: that sentence stays whole, on the page it begins on
    chunks = cut(text, Chunking(400, 100), [0, page])
    assert [chunk["text"][:2] for chunk in chunks] == ["울 ", "울 "]
    assert chunks[0]["locator"]["end"] <= chunks[1]["locator"]["start"]
