"""What a web search is: freshness from the words, one result a page."""

import pytest

from stylegraph.tools.web.search import WebResult, canonical_url, deduplicated, freshness


@pytest.mark.parametrize(
    ("question", "span"),
    [
        ("오늘 서울 날씨 어때?", "day"),
        ("이번 주 패션위크 소식", "week"),
        ("요즘 유행하는 신발", "month"),
        ("올해의 컬러는?", "year"),
        ("What happened this week?", "week"),
        ("오늘 나온 올해 유행 뉴스", "day"),
        ("에펠탑 높이", None),
        ("present ideas", None),
    ],
)
def test_freshness_is_read_from_the_words_and_the_narrowest_wins(question, span):
    assert freshness(question) == span


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.com/a?utm_source=x",
        "http://example.com/a/",
        "https://m.example.com/a#part",
        "https://EXAMPLE.com:443/a?fbclid=1&ref=home",
        "https://example.com/a/index.html",
        "https://amp.example.com/a/amp",
    ],
)
def test_addresses_of_one_page_are_one(url):
    assert canonical_url(url) == "https://example.com/a"


@pytest.mark.parametrize("url", ["https://example.com/b", "https://example.com/a?page=2", "https://other.example/a"])
def test_addresses_of_other_pages_are_not(url):
    assert canonical_url(url) != "https://example.com/a"


def result(url, score):
    return WebResult(title=url, url=url, text="text", published=None, score=score)


def test_the_best_result_of_a_page_is_kept_and_what_is_no_page_is_not():
    found = [
        result("https://example.com/a?utm_source=x", 0.4),
        result("https://www.example.com/a", 0.9),
        result("javascript:alert(1)", 1.0),
        result("https://[broken", 1.0),
        result("https://example.com:notaport/", 1.0),
        result("https://example.com/b", 0.5),
    ]
    assert [one["url"] for one in deduplicated(found)] == ["https://www.example.com/a", "https://example.com/b"]
