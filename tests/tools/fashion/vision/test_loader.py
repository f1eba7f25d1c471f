"""Photos of clothes become documents: a caption in both languages, and what it can be filtered by."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from stylegraph.agent.settings import load_settings
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.catalogue.catalogue import sample_items, sample_path
from stylegraph.tools.fashion.vision.loader import PictureReader
from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.formats.record import Failure, Record, Skipped
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.ingestion.sources import Source
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

SETTINGS = load_settings()


def photo(folder: Path, category: str, name: str) -> Path:
    """Copy a photo of the sample catalogue that shows such a garment."""
    item = next(item for item in sample_items() if item["category"] == category)
    return Path(shutil.copy(sample_path().parent / item["image"], folder / name))


def drawing(file: Path) -> Path:
    """Draw something that nobody could wear."""
    picture = Image.new("RGB", (320, 240), "white")
    ImageDraw.Draw(picture).line([(0, 0), (320, 240)], fill="black", width=3)
    picture.save(file)
    return file


def read(path: Path, max_bytes: int = 10_000_000) -> list[object]:
    return list(FileReading(path, max_bytes, pictures=PictureReader(SETTINGS)))


def test_a_photo_is_said_in_both_languages_and_can_be_filtered_by(tmp_path: Path) -> None:
    (record,) = read(photo(tmp_path, "jeans", "first date.webp"))
    assert isinstance(record, Record)
    korean, english = record.text.split("\n\n")
    assert "청바지" in korean
    assert "jeans" in english
    assert record.title == "first date"
    assert record.metadata["category"] == "jeans"
    assert record.metadata["colours"]
    assert record.url == str(tmp_path / "first date.webp")


def test_of_what_shows_no_garment_nothing_is_said(tmp_path: Path) -> None:
    file = drawing(tmp_path / "chart.png")
    (named,) = read(file)
    assert isinstance(named, Failure)
    assert named.reason == "is a picture without a garment"
    (found,) = read(tmp_path)
    assert found == Skipped(str(file), "a picture without a garment")


def test_a_broken_picture_is_named_and_so_is_one_that_is_too_large(tmp_path: Path) -> None:
    file = tmp_path / "cut.webp"
    file.write_bytes(photo(tmp_path, "dress", "whole.webp").read_bytes()[:500])
    (broken,) = read(file)
    assert isinstance(broken, Failure)
    assert "damaged" in broken.reason
    (large,) = read(tmp_path / "whole.webp", 100)
    assert isinstance(large, Failure)
    assert "larger than 100 bytes" in large.reason


@pytest.mark.parametrize(("pictures", "added", "skipped"), [(False, 1, {"binary": 2}), (True, 2, {})])
async def test_a_folder_is_looked_at_when_that_is_asked_for(
    tmp_path: Path, pictures: bool, added: int, skipped: dict[str, int]
) -> None:
    wardrobe = tmp_path / "wardrobe"
    wardrobe.mkdir()
    (wardrobe / "notes.md").write_text("# Wardrobe\n\nWhat hangs where.", encoding="utf-8")
    photo(wardrobe, "jeans", "a.webp")
    drawing(wardrobe / "b.png")
    index = await EmbeddedIndex.open(tmp_path / "index.sqlite", LocalEmbedder())
    report = await ingest(index, [Source(str(wardrobe), pictures=pictures)], settings=SETTINGS)
    await index.close()
    assert report.total("added") == added
    assert report.sources[0].skipped == (skipped or {"a picture without a garment": 1})


async def test_a_photo_is_found_by_words_of_either_language_and_by_what_it_shows(tmp_path: Path) -> None:
    wardrobe = [photo(tmp_path, category, f"{category}.webp") for category in ("jeans", "dress")]
    index = await EmbeddedIndex.open(tmp_path / "index.sqlite", LocalEmbedder())
    await ingest(index, wardrobe, settings=SETTINGS)
    for question in ("청바지 어디 있어?", "where are my jeans"):
        (hit,) = await index.search(question, 1)
        assert hit["title"] == "jeans"
    (hit,) = await index.search("옷", 5, {"category": {"any": ["dress"]}}, "dense")
    assert hit["title"] == "dress"
    await index.close()
