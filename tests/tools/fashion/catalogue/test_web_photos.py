"""Photos at web addresses: fetched from a real server while a catalogue is imported, none twice, failures the next time."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from standins.http import serving

from stylegraph.agent.settings import load_settings
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue
from stylegraph.tools.fashion.catalogue.imported import Stockroom
from stylegraph.tools.fashion.catalogue.web_photos import _AT_ONCE, _PATIENCE
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

PHOTOS = Path(__file__).parents[2] / "image" / "photos"


class Pictures:
    """What a server gives under each path, what it was asked, and how much at once."""

    def __init__(self):
        self.given = {"/dress": (PHOTOS / "dress.webp").read_bytes(), "/jeans": (PHOTOS / "jeans.webp").read_bytes()}
        self.asked, self.now, self.most, self.pause = [], 0, 0, 0.0

    async def give(self, exchange):
        self.asked.append(exchange.path)
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(self.pause)
        self.now -= 1
        body = self.given.get(exchange.path.partition("?")[0])
        await exchange.answer(200 if body is not None else 500, body or b"", {"content-type": "image/webp"})


@pytest.fixture
async def pictures():
    told = Pictures()
    async with serving(told.give) as told.site:
        yield told


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.delenv("STYLEGRAPH_CATALOGUE", raising=False)
    return load_settings(
        home=tmp_path / "home", catalogue=None, fetch_allow_hosts=["127.0.0.1"], picture_max_bytes=300_000
    )


@pytest.fixture
def take_in(settings, embedder, tmp_path):
    async def run(*rows, fetch_photos=True):
        path = tmp_path / "shop.jsonl"
        path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
        async with Stockroom(settings, embedder) as stock:
            return await stock.import_file(path, fetch_photos=fetch_photos)

    return run


@pytest.fixture
def items(settings, embedder):
    async def read(*ids):
        catalogue = await Catalogue.open(settings.home, embedder, settings.catalogue_in_use)
        found = await catalogue.items(ids)
        paths = [catalogue.image(item) for item in found]
        await catalogue.close()
        return found, paths

    return read


def row(pictures, identity, path=None):
    return {"id": identity, "name": "New in", "image": f"{pictures.site}/{path or identity}"}


def is_file(path):
    return Path(path).is_file()


def numbers(counts):
    return {name: counts[name] for name in ("added", "changed", "unchanged", "photos", "photos_elsewhere")}


async def test_photos_are_brought_here_and_say_what_no_text_says_and_are_not_asked_for_again(
    take_in, items, pictures, settings
):
    rows = row(pictures, "dress"), row(pictures, "jeans")
    expected = {"added": 2, "changed": 0, "unchanged": 0, "photos": 2, "photos_elsewhere": 0}
    assert numbers(await take_in(*rows)) == expected
    (dress, _), (path, _) = await items("dress", "jeans")
    assert (dress["category"], dress["inferred"]["category"]["by"]) == ("dress", "photo")
    assert is_file(path)
    assert dress["image_url"] == rows[0]["image"]
    assert not (settings.imported.parent / "photos" / "incoming").exists()
    assert numbers(await take_in(*rows)) == {**expected, "added": 0, "unchanged": 2, "photos": 0}
    changed = rows[0] | {"price": 5_000}
    assert numbers(await take_in(changed, rows[1], fetch_photos=False))["changed"] == 1
    assert is_file((await items("dress"))[1][0])
    assert sorted(pictures.asked) == ["/dress", "/jeans"]


async def test_without_being_asked_to_nothing_is_fetched_and_the_address_stays(take_in, items, pictures):
    counts = await take_in(row(pictures, "dress"), fetch_photos=False)
    assert (counts["photos"], counts["photos_elsewhere"], pictures.asked) == (0, 1, [])
    assert (await items("dress"))[1] == [f"{pictures.site}/dress"]
    assert numbers(await take_in(row(pictures, "dress")))["changed"] == 1


async def test_what_cant_be_fetched_is_told_by_line_keeps_its_address_and_is_tried_again(take_in, items, pictures):
    pictures.given |= {"/words": b"no picture", "/huge": pictures.given["/jeans"] + bytes(400_000)}
    rows = [row(pictures, name) for name in ("dress", "missing", "words", "huge")]
    counts = await take_in(*rows)
    assert [(one["line"], one["field"]) for one in counts["problems"]] == [(2, "image"), (3, "image"), (4, "image")]
    assert (counts["photos"], counts["photos_elsewhere"]) == (1, 3)
    assert (await items("missing"))[1] == [f"{pictures.site}/missing"]
    pictures.given["/missing"] = pictures.given["/jeans"]
    again = numbers(await take_in(*rows))
    assert again == {"added": 0, "changed": 1, "unchanged": 3, "photos": 1, "photos_elsewhere": 2}
    assert pictures.asked.count("/dress") == 1


async def test_a_run_that_breaks_off_goes_on_where_it_was(take_in, pictures, monkeypatch):
    rows = [row(pictures, str(number), f"dress?{number}") for number in range(40)]
    add = EmbeddedIndex.add

    async def breaking(self, documents, encoded=None):
        if (await self.describe())["documents"]:
            raise KeyboardInterrupt
        await add(self, documents, encoded)

    monkeypatch.setattr(EmbeddedIndex, "add", breaking)
    with pytest.raises(KeyboardInterrupt):
        await take_in(*rows)
    monkeypatch.setattr(EmbeddedIndex, "add", add)
    pictures.asked.clear()
    counts = await take_in(*rows)
    kept = counts["unchanged"]
    assert kept >= 16
    assert (len(pictures.asked), counts["added"]) == (40 - kept, 40 - kept)


async def test_only_a_few_are_fetched_at_once(take_in, pictures):
    pictures.pause = 0.05
    await take_in(*(row(pictures, str(number), f"dress?{number}") for number in range(32)))
    assert 1 < pictures.most <= _AT_ONCE


async def test_a_server_that_answers_nothing_any_more_is_left_for_the_next_run(take_in, pictures):
    counts = await take_in(*(row(pictures, f"gone{number}") for number in range(60)))
    assert (counts["added"], counts["photos_elsewhere"]) == (60, 60)
    assert len(pictures.asked) <= _PATIENCE + _AT_ONCE
    assert sum("in a row" in one["text"] for one in counts["problems"]) >= 40


async def test_an_address_on_an_own_network_is_refused(take_in, pictures, settings, items):
    settings.fetch_allow_hosts.clear()
    counts = await take_in(row(pictures, "dress"))
    assert (counts["photos"], pictures.asked) == (0, [])
    assert len(counts["problems"]) == 1
