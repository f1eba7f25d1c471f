"""Chunks are whole sentences with exact spans, and lose nothing."""

from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stylegraph.agent.text.language import sentence_spans
from stylegraph.agent.text.units import opens_list, units
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


def block_in(text, start, end):
    """Whether a chunk is a block that may be longer than others."""
    return any(one.kind not in ("sentence", "heading") and one.start <= start and end <= one.end for one in units(text))


def assert_exact(text, chunks, size):
    covered = [False] * len(text)
    for chunk in chunks:
        start, end = chunk["locator"]["start"], chunk["locator"]["end"]
        assert chunk["text"] == text[start:end]
        assert 0 < len(chunk["text"]) <= (size if not block_in(text, start, end) else 2 * size)
        covered[start:end] = [True] * (end - start)
    assert all(known or letter.isspace() for known, letter in zip(covered, text, strict=True))
    starts = [chunk["locator"]["start"] for chunk in chunks]
    assert starts == sorted(set(starts))


@settings(max_examples=300)
@given(ANY_TEXT, st.integers(1, 120), st.integers(0, 60))
def test_spans_are_exact_and_cover_all_that_is_not_blank(text, size, overlap):
    assert_exact(text, split(text, size, overlap), size)


@settings(max_examples=200)
@given(SENTENCES, st.sampled_from([" ", "\n", "\n\n"]), st.integers(60, 300), st.integers(0, 80))
def test_no_sentence_is_cut_that_fits(sentences, joint, size, overlap):
    text = joint.join(sentences)
    chunks = split(text, size, overlap)
    for start, end in sentence_spans(text):
        assert any(chunk["locator"]["start"] <= start and end <= chunk["locator"]["end"] for chunk in chunks)


@settings(max_examples=100)
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
    begun = time.process_time()  # others on the machine take none of it
    assert len(split(text, 800, 100)) > 400
    assert time.process_time() - begun < 5


@settings(max_examples=100)
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


WORDS = st.lists(
    st.sampled_from(["울 스웨터", "세탁기", "건조합니다.", "wool", "dry it.", "3.5도", "그늘에서"]),
    min_size=1,
    max_size=12,
)
LINE = WORDS.map(" ".join)
CODE = st.lists(
    st.sampled_from(["make test", "  x = {1: 2}", "# no heading", "", "- no item", "| no | row |"]), max_size=9
)
FENCE = st.tuples(st.sampled_from(["```", "~~~~"]), CODE).map(
    lambda made: "\n".join([made[0] + "sh", *made[1], made[0]])
)
ITEM = st.one_of(LINE, st.tuples(LINE, FENCE).map(lambda made: f"{made[0]}\n" + indented(made[1])))
LIST = st.tuples(st.sampled_from(["- ", "1. "]), st.lists(ITEM, min_size=1, max_size=6)).map(
    lambda made: "\n".join(made[0] + indented(item).lstrip() for item in made[1])
)
TABLE = st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=9).map(
    lambda rows: "| 이름 | value |\n|---|---|\n" + "\n".join(f"| {' '.join(a)} | {' '.join(b)} |" for a, b in rows)
)
BLOCK = st.one_of(
    LINE,
    LINE.map(lambda line: f"## {line}"),
    FENCE,
    LIST,
    TABLE,
    st.tuples(LINE, LIST).map(lambda made: f"{made[0]}:\n\n{made[1]}"),
    st.just("[![CI](https://ci.example/badge.svg)](https://ci.example)"),
)
MARKDOWN = st.lists(BLOCK, min_size=1, max_size=10).map("\n\n".join)


def indented(text):
    return "\n".join("   " + line for line in text.split("\n"))


def edges_of(text, chunks):
    return {chunk["locator"][edge] for chunk in chunks for edge in ("start", "end")} - {0, len(text)}


@settings(max_examples=200)
@given(MARKDOWN, st.integers(40, 400), st.integers(0, 40))
def test_no_chunk_begins_or_ends_inside_a_block_or_a_word(text, size, overlap):
    chunks = split(text, size, overlap)
    assert_exact(text, chunks, size)
    edges = edges_of(text, chunks)
    for unit in units(text):
        if unit.kind in ("code", "row", "header", "item") and unit.end - unit.start <= 2 * size:
            assert not any(unit.start < edge < unit.end for edge in edges), (text[unit.start : unit.end], edges)
    for edge in edges:
        assert not (text[edge - 1].isalnum() and text[edge].isalnum())


@settings(max_examples=200)
@given(MARKDOWN, st.integers(60, 400), st.integers(0, 40))
def test_an_item_with_all_that_is_in_it_stays_in_one_chunk_if_it_fits(text, size, overlap):
    chunks = split(text, size, overlap)
    whole = {}
    for unit in units(text):
        if unit.item >= 0:
            whole[unit.item] = (whole.get(unit.item, (unit.start, 0))[0], unit.end)
    for start, end in whole.values():
        if end - start <= size:
            assert any(chunk["locator"]["start"] <= start and end <= chunk["locator"]["end"] for chunk in chunks)


@settings(max_examples=200, derandomize=True)
@given(MARKDOWN, st.integers(80, 400))
def test_what_introduces_the_next_unit_does_not_end_a_chunk(text, size):
    assume("\n      ```" not in text)  # a fence deep inside a list item can still lose its heading
    found = units(text)
    ends = {chunk["locator"]["end"] for chunk in split(text, size, 0)}
    introduces = [unit.kind in ("heading", "header") or opens_list(text[unit.start : unit.end]) for unit in found]
    for (unit, following), (opens, opens_too) in zip(pairwise(found), pairwise(introduces), strict=True):
        if opens and not opens_too:
            until = max(one.end for one in found if one == following or 0 <= following.item == one.item)
            assert unit.end not in ends or until - unit.start > size


@settings(max_examples=100)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=5, max_size=40), st.integers(60, 200))
def test_every_chunk_of_a_table_keeps_its_header(rows, size):
    table = "| 이름 | value |\n|---|---|\n" + "\n".join(f"| {' '.join(a)} | {' '.join(b)} |" for a, b in rows)
    for chunk in split(table, size, 0):
        assert chunk["text"].startswith("| 이름 |") or chunk["locator"]["lead_in"] == "| 이름 | value |"


def test_a_list_that_fits_into_a_chunk_is_not_parted_from_the_sentence_that_introduces_it():
    text = f"{' '.join(KOREAN)}\n\n준비물:\n\n- 찬물\n- 중성 세제\n- 수건\n"
    assert [chunk["text"][:4] for chunk in split(text, 80, 0)] == ["울 스웨", "준비물:"]


def test_a_longer_list_says_in_every_chunk_what_introduces_it():
    text = "준비물은 다음과 같습니다:\n\n" + "\n".join(f"- {number}번째로 챙길 물건입니다" for number in range(30))
    chunks = split(text, 100, 0)
    assert len(chunks) > 3
    assert {chunk["locator"]["lead_in"] for chunk in chunks[1:]} == {"준비물은 다음과 같습니다:"}


def test_a_word_stays_whole_whatever_white_space_there_is():
    text = "세탁소에\u3000맡깁니다\u3000그리고\t찾아옵니다\u00a0내일은\u3000건조합니다" * 3
    chunks = split(text, 12, 0)
    assert all(not (text[edge - 1].isalnum() and text[edge].isalnum()) for edge in edges_of(text, chunks))
