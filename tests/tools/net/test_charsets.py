"""Bytes to text."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylegraph.tools.net.charsets import NotTextError, clean, decode

KOREAN = "린넨 셔츠는 찬물에 빨아 그늘에 말립니다. 가격은 39,000원.\n‘여름’ 옷·가방 – Summer (2024)\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "euc-kr", "utf-16"])
def test_korean_is_read_in_every_encoding_that_files_come_in(encoding: str) -> None:
    text = KOREAN if encoding.startswith("utf") else KOREAN.replace("–", "-")
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("word", ["가격", "옷", "사이즈: 95, 100", "<td>여름</td>"])
def test_a_few_korean_letters_are_enough(word: str) -> None:
    assert decode(word.encode("cp949")) == word


def test_utf8_wins_over_what_a_header_says() -> None:
    assert decode(KOREAN.encode(), "iso-8859-1") == KOREAN


@pytest.mark.parametrize(
    ("text", "declared", "encoding"),
    [("naïve café", "ISO-8859-1", "cp1252"), ("夏の服です", "shift_jis", "cp932"), ("夏天衣服", "gb2312", "gbk")],
)
def test_another_encoding_is_read_when_it_is_declared(text: str, declared: str, encoding: str) -> None:
    assert decode(text.encode(encoding), declared) == text


@pytest.mark.parametrize("declared", [None, "no-such-encoding", "zlib", "hex", "a\0b", "", "utf-8"])
@pytest.mark.parametrize(
    "content", [b"It\x92s a dress", "naïve café".encode("cp1252"), b"ok \xed\x95", b"\xff\xff\xff"]
)
def test_what_would_be_a_guess_is_an_error(content: bytes, declared: str | None) -> None:
    with pytest.raises(NotTextError, match="not valid UTF-8"):
        decode(content, declared)


def test_the_error_says_where() -> None:
    with pytest.raises(NotTextError, match=r"byte 8, line 3"):
        decode(b"one\ntwo\n\xff")


def test_text_is_cleaned_one_by_one_so_that_spans_stay() -> None:
    assert clean("a\0b\x1bc\ud800d\x85e\tf\r\ng\rh") == "a b c\ufffdd e\tf\ng\nh"


@given(st.text())
def test_clean_text_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.encode() and "\0" not in cleaned if text else cleaned == ""
    assert clean(cleaned) == cleaned
    assert len(cleaned) == len(text.replace("\r\n", "\n"))


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_utf8_is_never_taken_for_anything_else(text: str) -> None:
    marked = text.startswith("\ufeff")
    assert decode(text.encode()) == (text[1:] if marked else text) or text.encode().startswith(
        (b"\xff\xfe", b"\xfe\xff")
    )


@given(st.binary(), st.none() | st.text(max_size=12))
def test_bytes_give_text_or_the_error(content: bytes, declared: str | None) -> None:
    with suppress(NotTextError):
        decode(content, declared)
