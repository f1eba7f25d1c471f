"""A reply as HTML: cards, a board, sources; nothing that somebody wrote becomes markup."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.formatters import HTMLFormatter

from stylegraph.agent.html.markup import joined, link, tag, text
from stylegraph.agent.html.page import Lookbook, lookbook_of, page
from stylegraph.agent.html.photos import LARGEST, embed
from stylegraph.agent.reply import ItemSet, Reason, Recommendation, Reply, SetPiece

SPENT = dict.fromkeys(("model_calls", "sequential_trips", "tokens_in", "tokens_out", "web_searches", "revisions"), 0)
WEBP = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>alert(1)</script>",
    "javascript:alert(1)",
    "' onmouseover='alert(1)",
    "<!--",
    "&lt;b&gt; \x00\u202e<b>",
)
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "div", "header", "main", "section", "footer", "p", "h1", "h2"),
    *("h3", "ul", "ol", "li", "img", "i", "b", "a", "sup", "span", "q"),
}


class Page(HTMLParser):
    """Collects the elements of a page, its text, and whether every element is closed."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in {"img", "meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def of(self, name):
        return [attributes for element, attributes in self.elements if element == name]


def item(**fields):
    whole = {
        "id": "a1",
        "name": "린넨 셔츠",
        "reasons": [Reason(field="seasons", text="여름에 입기 좋아요")],
        "price_krw": 39_000,
    }
    swatches = [{"name": "남색", "hex": "#1f2a48"}, {"name": "옥색", "hex": None}]
    return Recommendation(**{**whole, "swatches": swatches, **fields})


def reply(**fields):
    whole = {"text": "이런 옷은 어떠세요?", "status": "answered", "language": "ko", "routes": ["fashion"]}
    return Reply.model_validate({**whole, "spent": {**SPENT, "seconds": 0.1}, **fields})


def cited(quote, title, url=None):
    return {"evidence": "e1", "quote": quote, "start": 0, "end": len(quote), "title": title, "url": url}


def outfit(*pieces, **fields):
    return ItemSet(
        asked="",
        pieces=list(pieces),
        reasons=[Reason(field="", text="모두 여름 옷이에요")],
        score=1,
        rules={},
        **fields,
    )


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.webp"
    path.write_bytes(WEBP)
    return str(path)


def test_a_card_has_photo_name_price_swatches_reasons_and_what_it_lacks(photo):
    shown = Page(page(Lookbook("여름 옷", "ko", items=[item(image=photo, missed=["흰색이 아니에요"])]), embed))
    (image,) = shown.of("img")
    assert image["alt"] == "린넨 셔츠 사진"
    assert base64.b64decode(image["src"].removeprefix("data:image/webp;base64,")) == WEBP
    for said in ("여름 옷", "린넨 셔츠", "39,000원", "남색", "여름에 입기 좋아요", "흰색이 아니에요"):
        assert said in shown.texts, said
    assert "background:#1f2a48" in [attributes.get("style") for attributes in shown.of("i")]


def test_the_page_speaks_the_language_of_the_question():
    english = page(Lookbook("A summer look", "en", items=[item(name="Linen shirt", missed=["Not white"])]), embed)
    assert '<html lang="en">' in english
    assert "₩39,000" in english
    assert not re.search(
        "[가-힣]",
        re.sub("<style>.*?</style>", "", english)
        .replace("여름에 입기 좋아요", "")
        .replace("남색", "")
        .replace("옥색", ""),
    )


def test_a_shops_own_price_is_shown_as_the_shop_writes_it():
    assert "$49.00" in page(Lookbook("", "en", items=[item(price="$49.00", price_krw=68_600)]), embed)
    assert "68,600" not in page(Lookbook("", "en", items=[item(price="$49.00", price_krw=68_600)]), embed)


def test_what_is_inferred_is_marked_as_such():
    told = "소재: 상품명에서 읽음, 90%"
    assert told in page(Lookbook("", "ko", items=[item(inferred=[told])]), embed)


def test_an_outfit_is_a_board_with_its_places_the_whole_and_what_else_would_do(photo):
    made = outfit(
        SetPiece(
            slot="top", label="상의", item=item(image=photo), alternatives=[item(id="a2", name="면 셔츠", image=photo)]
        ),
        SetPiece(slot="shoes", label="신발", item=item(id="a3", name="로퍼")),
        total_krw=120_000,
    )
    shown = Page(page(Lookbook("코디", "ko", item_set=made), embed))
    for said in ("상의", "신발", "면 셔츠", "모두 여름 옷이에요", "합계 120,000원"):
        assert said in shown.texts, said
    assert len(shown.of("img")) == 2


def test_sources_are_numbered_as_the_answer_numbers_them():
    citations = [cited("찬물에 빨아요.", "울 세탁", "https://example.com/wool"), cited("눕혀 말려요.", "울 말리기")]
    shown = Page(
        page(lookbook_of("울은?", reply(text="찬물에 빨아 [1] 눕혀 말려요 [2]. [9]", citations=citations)), embed)
    )
    assert [link["href"] for link in shown.of("a")] == ["#sg-source-1", "#sg-source-2", "https://example.com/wool"]
    assert {"sg-source-1", "sg-source-2"} <= {attributes.get("id") for attributes in shown.of("li")}
    assert any("[9]" in said for said in shown.texts)


def test_cards_take_the_place_of_the_list_in_an_answer():
    listed = reply(
        text="어떠세요?\n\n1. 린넨 셔츠 (39,000원) — 여름에 좋아요.\n\n더 보여 드릴까요?", recommendations=[item()]
    )
    shown = page(lookbook_of("셔츠", listed), embed)
    assert "어떠세요?" in shown
    assert "더 보여 드릴까요?" in shown
    assert "1. 린넨" not in shown


def test_a_status_that_is_no_answer_is_said():
    assert "Only partly confirmed" in page(lookbook_of("?", reply(status="best_effort", language="en")), embed)
    assert "Nothing fits." in page(Lookbook("a kimono", "en"), embed)


@pytest.mark.parametrize("written", HOSTILE)
def test_hostile_text_is_shown_and_never_markup(written):
    piece = SetPiece(slot="top", label=written, item=item(name=written), alternatives=[item(name=written)])
    hostile = item(
        name=written, price=written, url=written, image=written, missed=[written], inferred=[written],
        reasons=[Reason(field=written, text=written)], swatches=[{"name": written, "hex": written}],
    )  # fmt: skip
    answer = reply(
        text=f"{written} [1]", citations=[cited(written, written, written)], recommendations=[hostile], choices=[written],
        notes=[{"code": written, "text": written}],
    )  # fmt: skip
    for markup in (
        page(lookbook_of(written, answer), embed),
        page(Lookbook(written, "en", item_set=outfit(piece)), embed),
        answer._repr_html_(),
    ):
        shown = Page(markup)
        assert not shown.open
        assert {name for name, _ in shown.elements} <= ALLOWED
        assert not [key for _, attributes in shown.elements for key in attributes if key.startswith("on")]
        assert not [one for one in shown.of("a") if not re.match("#|https?://", one["href"])]
        assert not shown.of("img")
        styles = [attributes["style"] for _, attributes in shown.elements if "style" in attributes]
        assert all(re.fullmatch("background:#[0-9a-f]{6}", style) for style in styles)
        clean = re.sub("[\x00\u202e]", "", written)
        assert any(clean in said for said in shown.texts)


@settings(max_examples=200)
@given(st.text())
def test_any_text_comes_out_as_it_went_in_but_for_what_cant_be_seen(written):
    shown = Page(tag("p", written, title=written))
    unseen = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
    assert "".join(shown.texts) == re.sub(unseen, "", written)
    assert [name for name, _ in shown.elements] == ["p"]


def test_html_is_not_escaped_twice():
    assert joined([tag("b", "<"), text("&")]) == "<b>&lt;</b>&amp;"
    assert link("x", "ftp://example.com") == "x"


def test_a_page_asks_nothing_of_any_server(photo):
    markup = page(Lookbook("", "ko", items=[item(image="https://example.com/a.jpg"), item(image=photo)]), embed)
    shown = Page(markup)
    assert all(image["src"].startswith("data:") for image in shown.of("img"))
    policy = next(meta["content"] for meta in shown.of("meta") if meta.get("http-equiv"))
    assert policy.startswith("default-src 'none'")
    assert "url(" not in markup
    assert "@import" not in markup


@pytest.mark.parametrize("content", [b"", b"no picture", b"<svg onload=alert(1)>", b"\xff\xd8\xff" + b"0" * LARGEST])
def test_only_pictures_of_a_sane_size_are_embedded(tmp_path, content):
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    assert embed(str(path)) is None
    assert embed(str(tmp_path / "nowhere.jpg")) is None
    assert embed("a\0b") is None


def test_headings_go_down_one_step_at_a_time():
    answer = reply(text="네 [1]", citations=[cited("네", "글")], recommendations=[item()])
    names = [name for name, _ in Page(page(lookbook_of("옷", answer), embed)).elements if re.fullmatch("h[1-6]", name)]
    assert names == ["h1", "h2", "h3", "h2"]


def _contrast(one, other):
    def light(code):
        parts = [int(code[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_stands_out_from_every_ground_in_light_and_in_dark():
    """WCAG 2.2 asks for 4.5."""
    palettes = re.findall(r"--paper:(#\w+);--card:(#\w+);--tint:(#\w+);--ink:(#\w+);--soft:(#\w+);--line:#\w+;--accent:(#\w+)",
                          page(Lookbook("", "ko"), embed))  # fmt: skip
    full = [
        [code if len(code) == 7 else "#" + "".join(c * 2 for c in code[1:]) for code in palette] for palette in palettes
    ]
    assert len(full) == 3
    for paper, _, tint, *inks in full:
        assert all(_contrast(ink, ground) >= 4.5 for ink in inks for ground in (paper, tint))


def test_a_notebook_shows_a_reply_as_html_through_ipythons_own_formatter(photo):
    shown = HTMLFormatter()(reply(recommendations=[item(image=photo)]))
    assert "data:image/webp" in shown


def test_a_notebook_shows_a_note_that_the_answer_says_itself_once():
    notes = [{"code": "x", "text": "All in all 91,000 won."}, {"code": "y", "text": "No web search is set up."}]
    shown = reply(text="All in all 91,000 won. A blouse and a skirt.", notes=notes)._repr_html_()
    assert [shown.count(note["text"]) for note in notes] == [1, 1]


def test_two_replies_in_one_notebook_keep_their_sources_apart():
    one, other = (reply(text=f"{word} [1]", citations=[cited("글", "글")])._repr_html_() for word in ("가", "나"))
    assert set(re.findall('id="([^"]+)"', one)).isdisjoint(re.findall('id="([^"]+)"', other))
