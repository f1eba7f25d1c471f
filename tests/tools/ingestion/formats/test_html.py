"""HTML: the article without the furniture."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylegraph.tools.ingestion.formats.html import read_html
from stylegraph.tools.ingestion.formats.record import Failure, Origin, Record

BLOG = """<!doctype html>
<html lang="ko"><head><title>ALL-in 코딩 공모전 수상작 | 회사 블로그</title>
<meta property="og:title" content="수상작"><style>p { color: red }</style><script>var tracking = 1;</script></head>
<body class="has-sidebar no-js">
<header class="site-header"><h1>회사 블로그</h1><nav><ul><li><a href="/">홈</a></li><li>채용</li></ul></nav></header>
<div class="breadcrumb">홈 &gt; 소식</div>
<main>
  <article class="post post--news">
    <header><h1>ALL-in 코딩 공모전 <em>수상작</em> 발표</h1><p class="byline">홍보팀<br>2024년 5월</p></header>
    <div class="post-body">
      <p>대상은 <b>옷장지기</b> 팀이   받았습니다.
         축하합니다!</p>
      <h2>수상 팀</h2>
      <table><thead><tr><th>상</th><th>팀</th></tr></thead>
        <tbody><tr><td>대상</td><td><p>옷장지기</p></td></tr><tr><td>금상</td>
        <td>실과 바늘<br>(2인)</td></tr></tbody></table>
      <ul><li>옷장 사진 <a href="#">정리</a></li><li><p>코디 추천</p></li></ul>
      <pre>print("hi")
    x = 1</pre>
      <p hidden>숨은 글</p><p style="display: none">숨은 글</p><span aria-hidden="true">숨은 글</span>
      <!-- 주석 -->
      <div class="share">공유하기 <button>페이스북</button></div>
    </div>
    <aside>함께 읽을 글</aside>
  </article>
  <article class="post"><div class="post-body"><p>두 번째 소식입니다.</p></div></article>
</main>
<div class="sidebar">인기 글</div><section id="comments">댓글</section>
<footer>© 회사 개인정보처리방침</footer></body></html>"""

BODY = """대상은 옷장지기 팀이 받았습니다. 축하합니다!

## 수상 팀

| 상 | 팀 |
| --- | --- |
| 대상 | 옷장지기 |
| 금상 | 실과 바늘 (2인) |

- 옷장 사진 정리
- 코디 추천

```
print("hi")
    x = 1
```"""


def html(text: str, *css_class: str) -> Record:
    record = read_html(text, Origin("page.html", "/docs/page.html", "page", 10_000_000, css_class))
    assert isinstance(record, Record), record
    return record


def failure(text: str, *css_class: str) -> Failure:
    failed = read_html(text, Origin("page.html", "/docs/page.html", "page", 10_000_000, css_class))
    assert isinstance(failed, Failure), failed
    return failed


def test_a_page_is_its_article_without_the_furniture() -> None:
    record = html(BLOG)
    assert record.text == (f"# ALL-in 코딩 공모전 수상작 발표\n\n홍보팀\n2024년 5월\n\n{BODY}\n\n두 번째 소식입니다.")
    assert record.title == "ALL-in 코딩 공모전 수상작 | 회사 블로그"
    assert record.metadata == {"language": "ko"}


def test_with_a_class_only_its_elements_are_read_in_the_order_of_the_page() -> None:
    text = html(BLOG, "post-body").text
    assert text.startswith(BODY)
    assert text.endswith("두 번째 소식입니다.")
    assert "홍보팀" not in text
    assert "숨은 글" not in text


def test_several_classes_give_all_their_elements_once() -> None:
    text = html(BLOG, "byline", "post-body", "post").text
    assert text.count("홍보팀") == text.count("옷장지기 팀이") == 1


def test_a_class_that_is_not_there_is_named_with_the_nearest_that_is() -> None:
    failed = failure(BLOG, "post_body")
    assert "post_body" in failed.reason
    assert "post-body" in failed.remedy


def test_a_class_is_a_whole_word() -> None:
    assert "no element of the class pos" in failure(BLOG, "pos").reason


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title> A\n B </title><meta property='og:title' content='C'>", "A B"),
        ("<title></title><meta property='og:title' content='C'>", "C"),
        ("", "Heading one"),
    ],
)
def test_the_title_is_the_page_s_then_the_shared_one_then_the_heading(head: str, title: str) -> None:
    assert html(f"<html><head>{head}</head><body><h1>Heading <i>one</i></h1><p>text</p></body></html>").title == title


def test_a_page_without_landmarks_is_its_body_less_navigation() -> None:
    text = html(
        "<body><nav>menu</nav><div id=sidebar>side</div><div>one<div>two</div>three</div><footer>f</footer></body>"
    ).text
    assert text == "one\n\ntwo\n\nthree"


UNMARKED = f"""<title>옷장일기</title><div id="wrap"><div class="top"><ul>
{"".join(f'<li><a href="/{n}">메뉴 {n}</a></li>' for n in range(20))}</ul></div>
<div class="cont"><h2>울 니트 세탁법</h2>
<p>울 니트는 찬물에서 손으로 눌러 빠는 것이 가장 좋습니다. 비틀어 짜면 늘어나고, 뜨거운 물에서는 줄어듭니다.</p>
<h3>준비물</h3><ul><li>중성 세제</li><li>대야</li></ul>
<table><tr><th>소재</th><th>온도</th></tr><tr><td>울</td><td>30도</td></tr></table>
<p>{"말릴 때는 수건 위에 뉘어 그늘에서 말립니다. 옷걸이에 걸면 어깨가 늘어납니다. " * 6}</p></div>
<div class="r"><ul>{"".join(f'<li><a href="/p/{n}">인기 글 {n}</a></li>' for n in range(20))}</ul></div></div>"""


def test_on_a_page_without_landmarks_the_article_is_found_with_its_lists_and_tables() -> None:
    text = html(UNMARKED).text
    assert text.startswith("## 울 니트 세탁법")
    assert "- 중성 세제\n- 대야" in text
    assert "| 울 | 30도 |" in text
    assert "메뉴" not in text
    assert "인기 글" not in text


def test_an_element_is_chosen_by_its_id_too() -> None:
    assert html('<div id="a">A text.</div><div class="b">More.</div><p id="c">No.</p>', "#a", "b").text == (
        "A text.\n\nMore."
    )


def test_an_article_that_holds_next_to_nothing_is_not_the_article() -> None:
    page = "<body><article>teaser</article><div>" + "<p>The real text is here.</p>" * 20 + "</div></body>"
    assert html(page).text.count("real text") == 20


def test_a_form_around_a_whole_page_does_not_hide_it() -> None:
    assert (
        html("<body><form><input value=x><p>text</p><select><option>a</option></select></form></body>").text == "text"
    )


def test_a_table_that_lays_out_a_page_is_read_block_by_block() -> None:
    page = (
        "<table><tr><td><h2>Left</h2><p>one</p></td><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>"
    )
    assert html(page).text == "## Left\n\none\n\n| a | b |"


def test_tags_that_are_never_closed_still_give_text() -> None:
    assert html("<p>one<p>two <b>bold<ul><li>a<li>b").text == "one\n\ntwo bold\n\n- a\n- b"


def test_an_xhtml_declaration_does_not_stop_it() -> None:
    assert html('<?xml version="1.0" encoding="euc-kr"?><html><body><p>한글</p></body></html>').text == "한글"


@pytest.mark.parametrize(
    "page",
    ["", "   ", "<html></html>", "<script>app()</script>", "<body><nav>only a menu</nav></body>", "<!-- x -->"],
)
def test_a_page_without_text_says_so(page: str) -> None:
    assert "no" in failure(page).reason


def test_nesting_deeper_than_python_recurses_is_read() -> None:
    assert html("<div>" * 2_000 + "deep" + "</div>" * 2_000 + "after").text == "deep\n\nafter"
    assert (
        "nested too deeply" in failure("<p>before</p>" + "<div>" * 5_000 + "deep" + "</div>" * 5_000 + "after").reason
    )


def test_a_large_page_is_read_in_time_that_grows_with_it() -> None:
    def seconds(rows: int) -> float:
        page = "<body><main>" + "<table><tr><td>a</td><td>b</td></tr></table><article><p>text</p></article>" * rows
        began = time.process_time()  # others' work doesn't count
        html(page)
        return time.process_time() - began

    least = min(seconds(800) for _ in range(3))
    assert min(seconds(8_000) for _ in range(3)) < 20 * max(least, 0.02)  # ten times as much text


@given(st.text(alphabet="<>/=\"' abdivpullitrscxh&;#\n\0", max_size=200))
def test_any_markup_gives_a_record_or_a_failure(text: str) -> None:
    from stylegraph.tools.net.charsets import clean

    read_html(clean(text), Origin("a", "a", "a", 1000))
