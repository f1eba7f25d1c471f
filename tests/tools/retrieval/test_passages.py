"""Chunks that stand side by side are one text again."""

from stylegraph.tools.ingestion.chunks import split
from stylegraph.tools.retrieval.passages import spliced


def test_what_neighbours_share_stands_there_once():
    text = " ".join(f"{number}번째 문장입니다. Sentence {number}." for number in range(60))
    chunks = split(text, 120, 40)
    assert len(chunks) > 5
    assert " ".join(spliced(chunks).split()) == text
    assert " ".join(spliced(chunks[2:4]).split()) in text


def test_of_no_chunks_there_is_no_text():
    assert spliced([]) == ""
