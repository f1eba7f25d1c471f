"""The sources file: what it can say, and every line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from stylegraph.agent.errors import InputError
from stylegraph.tools.ingestion.manifest import Wanted, read_wanted
from stylegraph.tools.ingestion.remote.api import Api
from stylegraph.tools.ingestion.remote.site import Limits

GOOD = """
[[source]]
source = "notes/"          # relative to this file
audience = ["women", "staff"]
language = "ko"
schedule = "6h"

[[source]]
source = "https://example.com/docs/"
kind = "site"
index = "docs"
schedule = "weekly"
options = { depth = 2, within = "/docs/", css_class = ["post", "#main"], chunk_size = 400, chunk_by = "heading" }

[[source]]
source = "https://api.example.com/openapi.json"
kind = "api"
[source.options]
operation = "listPosts"
records = "/items"
fields = ["/tag"]
params = { lang = "ko" }
token_env = "BLOG_TOKEN"
follow = "cursor"
cursor = "/next"

[[source]]
source = "wardrobe"
kind = "pictures"
"""


def read(folder: Path, text: str) -> list[Wanted]:
    path = folder / "knowledge.toml"
    path.write_text(text, encoding="utf-8")
    return read_wanted(path)


def test_every_entry_says_what_is_read_how_and_how_often(tmp_path: Path) -> None:
    notes, site, api, wardrobe = read(tmp_path, GOOD)
    assert (notes.name, notes.index, notes.seconds) == (str(tmp_path / "notes"), "default", 21_600)
    assert notes.source.fields == {"audience": ["women", "staff"], "language": "ko"}
    assert (site.index, site.seconds) == ("docs", 604_800)
    assert site.source.site == Limits(depth=2, within="/docs/")
    assert site.source.css_class == ("post", "#main")
    assert site.chunks == {"chunk_size": 400, "chunk_by": "heading"}
    assert api.name == "https://api.example.com/openapi.json#listPosts"
    assert api.source.api == Api(
        operation="listPosts",
        records="/items",
        fields=("/tag",),
        params={"lang": "ko"},
        token_env="BLOG_TOKEN",
        follow="cursor",
        cursor="/next",
    )
    assert [one.source.pictures for one in (notes, site, api, wardrobe)] == [False, False, False, True]


def test_two_operations_of_one_api_are_two_sources(tmp_path: Path) -> None:
    entry = '[[source]]\nsource = "https://a.example/openapi.json"\nkind = "api"\noptions = {{ operation = "{}" }}\n'
    assert len(read(tmp_path, entry.format("one") + entry.format("two"))) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[source]]\nsource = "a"\n\nsourec = "b"\n', ["line 4: `sourec`", "did you mean `source`"]),
        ("[[source]]\n# nothing\n", ["line 1:", "`source`", "required"]),
        ('[[source]]\nsource = "a"\nschedule = "often"\n', ["line 3: `schedule`"]),
        ('[[source]]\nsource = "a"\naudience = "women"\n', ["line 3: `audience`"]),
        ('[[source]]\nsource = "a"\nkind = "sit"\n', ["line 3: `kind`"]),
        ('[[source]]\nsource = "a"\nindex = "../x"\n', ["line 3:", "../x"]),
        ('[[source]]\nsource = "a"\nlanguage = "korean"\n', ["line 3: `language`"]),
        ('[[source]]\nsource = "ftp://x/y"\n', ["line 2:", "not an http"]),
        (
            '[[source]]\nsource = "a"\n[source.options]\ndepth = 2\n',
            ["line 4: `depth`", 'it belongs to kind = "site"'],
        ),
        (
            '[[source]]\nsource = "http://a/"\nkind = "site"\n[source.options]\ndeep = 2\n',
            ["line 5: `deep`", "did you mean `depth`"],
        ),
        ('[[source]]\nsource = "http://a/"\nkind = "api"\n[source.options]\nfollow = "on"\n', ["line 5: `follow`"]),
        (
            '[[source]]\nsource = "http://a/"\nkind = "api"\n[source.options]\nfollow = "cursor"\n',
            ["line 1:", "belong together"],
        ),
        ('[[source]]\nsource = "http://a/"\nkind = "site"\noptions = { pages = 0 }\n', ["`pages`", "greater"]),
        ('[[source]]\nsource = "a"\n[source.options]\nchunk_by = "word"\n', ["line 4: `chunk_by`"]),
        ('[[source]]\nsource = "a"\n\n[[source]]\nsource = "./a"\n', ["line 4: names the same source as line 1"]),
        ('[source]\nsource = "a"\n', ["line 1:", "two pairs of brackets"]),
        ('[[sources]]\nsource = "a"\n', ["line 1: `sources`"]),
        ("[[source]\n", ["not valid TOML", "line 1"]),
    ],
)
def test_what_is_wrong_is_told_by_line(tmp_path: Path, text: str, told: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    for part in told:
        assert part in str(caught.value)


def test_all_wrong_lines_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, '[[source]]\nsource = "a"\nkindd = "x"\n[[source]]\nsource = ""\n')
    assert "line 3:" in str(caught.value)
    assert "line 5:" in str(caught.value)


def test_a_file_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\[\[source\]\]"):
        read_wanted(tmp_path / "knowledge.toml")
