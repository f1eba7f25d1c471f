"""What is read in a process of its own is read as it would be here, and ends when it must."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import psutil
import pytest

from stylegraph.agent.settings import Settings
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.formats.apart import ApartReading, Bounds, Recipe
from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.formats.record import Failure
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.ingestion.sources import Source, end
from stylegraph.tools.retrieval.library import IndexFolder

ENOUGH = Bounds(60, 1_000_000_000)


def begin(make, *args, bounds=ENOUGH, **options):
    return ApartReading(Recipe(make, "a document", args, options), bounds)


@pytest.fixture
def children():
    """Give the processes that were begun since; servers that other tests share were there before."""
    before = {child.pid for child in psutil.Process().children()}
    return lambda: [child for child in psutil.Process().children() if child.pid not in before]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "wool.md").write_text("# Wool\n\nWash it cold.", encoding="utf-8")
    (tmp_path / "silk.csv").write_text("id,text\n1,Wash it by hand.\n2,울은 차갑게.\n", encoding="utf-8")
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04")
    return tmp_path


def test_what_it_gives_is_what_is_given_here(folder):
    here = FileReading(folder, 1_000_000)
    apart = begin(FileReading, folder, 1_000_000)
    assert list(apart) == list(here)
    assert (apart.total, apart.done, apart.whole) == (here.total, here.total, True)


@pytest.mark.parametrize(
    ("make", "args", "bounds", "told"),
    [
        (time.sleep, (600,), Bounds(2, 1_000_000_000), "within 2 s"),
        (bytes, (900_000_000,), Bounds(60, 300_000_000), "more than 300 MB of memory"),
        (os._exit, (3,), ENOUGH, "ended the process"),
        (os.abort, (), ENOUGH, "ended the process"),
    ],
)
def test_what_takes_too_much_is_one_failure(children, make, args, bounds, told):
    reading = begin(make, *args, bounds=bounds)
    [failure] = list(reading)
    assert isinstance(failure, Failure)
    assert told in failure.reason
    assert failure.remedy
    assert not children()


def test_it_ends_when_nobody_waits_for_it_any_more(children):
    begun = []
    waiting = threading.Thread(target=lambda: begun.append(begin(time.sleep, 600)))
    waiting.start()
    while not children():
        time.sleep(0.05)
    for child in children():
        child.kill()
    waiting.join(20)
    end(begun[0])
    assert not children()


async def test_an_index_is_the_same_and_a_failure_takes_nothing_out(folder, tmp_path_factory):
    settings = Settings(_env_file=None, home=tmp_path_factory.mktemp("home"))
    library = IndexFolder(settings.indexes, LocalEmbedder())
    index = await library.index("uploads")
    here = await ingest(index, [str(folder)], settings=settings)
    apart = await ingest(index, [Source(str(folder), bounds=ENOUGH)], settings=settings)
    assert (here.total("added"), apart.total("unchanged"), apart.total("added")) == (3, 3, 0)
    late = await ingest(index, [Source(str(folder), bounds=Bounds(0.01, 1_000_000_000))], settings=settings)
    assert (late.total("removed"), late.total("failed")) == (0, 1)
    await library.close()


def test_paths_alone_are_handed_over(folder):
    assert next(iter(begin(FileReading, Path(folder / "wool.md"), 1_000_000))).title == "Wool"
