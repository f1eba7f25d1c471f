"""Indexing: an index holds exactly what its sources hold."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ingestion_web import Web

from stylegraph.agent.errors import InputError
from stylegraph.agent.protocols import Vectors
from stylegraph.agent.settings import Settings, load_settings
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.ingestion.remote.site import Limits
from stylegraph.tools.ingestion.report import Progress, SourceReport
from stylegraph.tools.ingestion.sources import Source, source_name
from stylegraph.tools.retrieval.hybrid.encoding import encode
from stylegraph.tools.retrieval.hybrid.index import Document, EncodedDocument
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

PAGE = """<title>공모전</title><body><nav>메뉴</nav><div class="intro">소개</div>
<div class="post-body"><p>대상은 옷장지기 팀입니다.</p></div></body>"""


@pytest.fixture
def settings() -> Settings:
    return load_settings(fetch_allow_hosts=["localhost"], document_max_bytes=100_000)


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[EmbeddedIndex]:
    index = await EmbeddedIndex.open(tmp_path / "index" / "test.sqlite", LocalEmbedder())
    yield index
    await index.close()


def write(path: Path, *records: dict[str, Any] | str) -> Path:
    lines = (record if isinstance(record, str) else json.dumps(record, ensure_ascii=False) for record in records)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def item(identity: object, text: str = "", **more: Any) -> dict[str, Any]:
    return {"id": identity, "text": text or f"text of {identity}", **more}


async def run(index: EmbeddedIndex, *sources: Path | str, **options: Any) -> SourceReport:
    options.setdefault("settings", load_settings())
    report = await ingest(index, sources, **options)
    assert len(report.sources) == len(set(sources))
    return report.sources[0]


def counts(report: SourceReport) -> tuple[int, int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.removed, report.failed


async def test_hashes_decide_what_is_added_changed_unchanged_removed_and_failed(
    index: EmbeddedIndex, tmp_path: Path
) -> None:
    source = tmp_path / "items.jsonl"
    write(source, item("a"), item("b"), item("c"))
    assert counts(await run(index, source)) == (3, 0, 0, 0, 0)
    assert counts(await run(index, source)) == (0, 0, 3, 0, 0)
    write(source, item("a"), item("b", "other"), "{broken", item("d"))
    report = await run(index, source)
    assert counts(report) == (1, 1, 1, 1, 1)
    assert [(failure.where, failure.reason.split(" (")[0]) for failure in report.failures] == [
        (f"{source}, line 3", "is not valid JSON")
    ]
    assert set(await index.known(str(source))) == {"a", "b", "d"}
    assert [hit["document"] for hit in await index.search("other", 1)] == ["b"]


@pytest.mark.parametrize(
    "changed",
    [item("a", "same", title="new"), item("a", "same", price=2), item("a", "same", url="https://example.com/")],
)
async def test_a_title_an_address_or_a_field_makes_it_another_document(
    index: EmbeddedIndex, tmp_path: Path, changed: dict[str, Any]
) -> None:
    source = write(tmp_path / "items.jsonl", item("a", "same", title="old", price=1))
    await run(index, source)
    assert counts(await run(index, write(source, changed))) == (0, 1, 0, 0, 0)


async def test_another_way_of_cutting_makes_another_document(index: EmbeddedIndex, tmp_path: Path) -> None:
    source = tmp_path / "a.md"
    source.write_text("# Title\n" + "One sentence of some words here. " * 20)
    assert (await run(index, source)).chunks == 1
    report = await run(index, source, chunk_size=100, chunk_overlap=0)
    assert counts(report) == (0, 1, 0, 0, 0)
    assert report.chunks > 5
    assert (await index.describe())["chunks"] == report.chunks


@pytest.mark.parametrize(("size", "overlap"), [(100, 100), (100, 200), (-5, 0)])
async def test_a_chunking_that_makes_no_sense_is_refused(index: EmbeddedIndex, size: int, overlap: int) -> None:
    with pytest.raises(InputError, match="share"):
        await ingest(index, [], settings=load_settings(), chunk_size=size, chunk_overlap=overlap)


async def test_a_small_size_alone_is_no_contradiction(index: EmbeddedIndex, tmp_path: Path) -> None:
    assert (await run(index, write(tmp_path / "items.jsonl", item("a")), chunk_size=60)).added == 1


async def test_a_chunk_s_span_is_exact_in_its_file(index: EmbeddedIndex, tmp_path: Path) -> None:
    source = tmp_path / "a.md"
    lines = [
        "---",
        "title: 린넨",
        "---",
        "# 관리",
        "",
        "찬물에 빱니다. 그늘에 말립니다.",
        "",
        "## 다림질",
        "높은 온도로 다립니다.",
    ]
    source.write_bytes("\r\n".join(lines).encode())
    await run(index, source, chunk_size=50, chunk_overlap=0)
    (hit,) = await index.search("다림질 온도", 1)
    assert source.read_text(encoding="utf-8")[hit["locator"]["start"] : hit["locator"]["end"]] == hit["text"]
    assert "다림질" in hit["locator"]["heading"]
    assert (hit["title"], hit["url"]) == ("린넨", str(source))


async def test_a_record_is_placed_by_its_id(index: EmbeddedIndex, tmp_path: Path) -> None:
    await run(index, write(tmp_path / "items.jsonl", item(17, "린넨 셔츠", price=39000)))
    (hit,) = await index.search("린넨 셔츠", 1)
    assert (hit["document"], hit["locator"]["pointer"], hit["metadata"]["price"]) == ("17", "17", 39000)


async def test_a_file_that_leaves_a_folder_leaves_the_index(index: EmbeddedIndex, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    for name in ("a.md", "b.md", "sub/c.md", ".hidden.md"):
        (folder / name).write_text(f"# {name}\ntext")
    report = await run(index, folder)
    assert (counts(report), report.skipped) == ((3, 0, 0, 0, 0), {"hidden": 1})
    (folder / "b.md").unlink()
    (folder / "sub" / "c.md").rename(folder / "c.md")
    assert counts(await run(index, folder)) == (1, 0, 1, 2, 0)
    assert set(await index.known(str(folder))) == {"a.md", "c.md"}


async def test_a_source_that_can_no_longer_be_read_stays_in_the_index(index: EmbeddedIndex, tmp_path: Path) -> None:
    folder, page = tmp_path / "docs", tmp_path / "page.md"
    folder.mkdir()
    (folder / "a.md").write_text("text")
    page.write_text("text")
    source = write(tmp_path / "items.jsonl", item("a"))
    await ingest(index, [folder, page, source], settings=load_settings())
    (folder / "a.md").unlink()
    page.unlink()
    source.write_text("")
    report = await ingest(index, [folder, page, source], settings=load_settings())
    assert [counts(one) for one in report.sources] == [(0, 0, 0, 0, 1)] * 3
    assert [one.failures[0].reason for one in report.sources] == ["has nothing to index", "does not exist", "is empty"]
    assert (await index.describe())["documents"] == 3


async def test_a_document_that_fails_keeps_what_is_indexed_of_it(index: EmbeddedIndex, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("text")
    write(folder / "items.jsonl", item("x"), item("y"), item("z"))
    await run(index, folder)
    (folder / "a.md").write_bytes(b"\xff\xff")
    write(folder / "items.jsonl", '{"id": "x", "text": "cut off', item("y", " "), item("z"))
    assert counts(await run(index, folder)) == (0, 0, 1, 0, 3)
    assert set(await index.known(str(folder))) == {"a.md", "x", "y", "z"}


async def test_what_a_never_closed_quote_swallows_is_not_taken_for_gone(index: EmbeddedIndex, tmp_path: Path) -> None:
    source = tmp_path / "items.csv"
    source.write_text("id,text\n1,a\n2,b\n3,c\n")
    await run(index, source)
    source.write_text('id,text\n1,a\n2,"b\n3,c\n')
    assert counts(await run(index, source)) == (0, 0, 1, 0, 1)
    assert set(await index.known(str(source))) == {"1", "2", "3"}


async def test_of_a_repeated_id_the_first_counts_and_the_others_are_reported(
    index: EmbeddedIndex, tmp_path: Path
) -> None:
    source = write(tmp_path / "items.jsonl", item("a", "first"), item("b"), item("a", "second"))
    for expected in ((2, 0, 0, 0, 1), (0, 0, 2, 0, 1)):
        report = await run(index, source)
        assert counts(report) == expected
        assert report.failures[0].where.endswith("line 3")
        assert "repeats the id a" in report.failures[0].reason
    assert [hit["text"] for hit in await index.search("first second", 5) if hit["document"] == "a"] == ["first"]


async def test_files_of_a_folder_may_use_the_same_ids(index: EmbeddedIndex, tmp_path: Path) -> None:
    folder = tmp_path / "shards"
    folder.mkdir()
    write(folder / "1.jsonl", item("a", "first"), item("b"))
    write(folder / "2.jsonl", item("a", "second"), item("c"), item("a", "third"))
    assert counts(await run(index, folder)) == (4, 0, 0, 0, 1)
    assert counts(await run(index, folder)) == (0, 0, 4, 0, 1)
    assert set(await index.known(str(folder))) == {"a", "b", "c", "2.jsonl#a"}
    (folder / "1.jsonl").unlink()
    assert counts(await run(index, folder)) == (0, 1, 1, 2, 1)
    assert set(await index.known(str(folder))) == {"a", "c"}


async def test_a_source_has_one_name_however_it_is_written(
    index: EmbeddedIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "items.jsonl", item("a"))
    monkeypatch.chdir(tmp_path)
    await run(index, "items.jsonl")
    assert counts(await run(index, tmp_path / "index" / ".." / "items.jsonl")) == (0, 0, 1, 0, 0)
    assert list((await index.describe())["sources"]) == [str(tmp_path / "items.jsonl")]
    assert source_name("HTTPS://Example.com#x") == "https://example.com/"


async def test_a_source_that_fails_does_not_stop_the_others(index: EmbeddedIndex, tmp_path: Path) -> None:
    good = write(tmp_path / "items.jsonl", item("a"))
    bad = ["ftp://u:secret@example.com/x", "http://127.0.0.1:1/", str(tmp_path / "none"), "\udcff", "a\0b"]
    report = await ingest(index, [*bad, good], settings=load_settings())
    assert [counts(one) for one in report.sources] == [(0, 0, 0, 0, 1)] * 5 + [(1, 0, 0, 0, 0)]
    assert all(failure.remedy for one in report.sources for failure in one.failures)
    assert "secret" not in json.dumps(report.as_dict(), ensure_ascii=False)
    assert report.total("failed") == report.as_dict()["failed"] == 5


async def test_a_page_is_read_by_its_class_from_a_file_and_from_the_web(
    index: EmbeddedIndex, tmp_path: Path, settings: Settings
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = PAGE.encode()
        writer.write(
            f"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
        )
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://localhost:{server.sockets[0].getsockname()[1]}/news"
    (tmp_path / "page.html").write_text(PAGE)
    async with server:
        for source in (url, tmp_path / "page.html"):
            assert counts(await run(index, source, settings=settings, css_class=[".post-body"])) == (1, 0, 0, 0, 0)
            (hit,) = await index.search("대상 팀", 1)
            assert (hit["text"], hit["url"]) == ("대상은 옷장지기 팀입니다.", str(source))
            assert counts(await run(index, source, settings=settings)) == (0, 1, 0, 0, 0)
            report = await run(index, source, settings=settings, css_class=["nowhere"])
            assert counts(report) == (0, 0, 0, 0, 1)
            await index.delete(str(source))


async def test_progress_goes_from_nothing_to_all(index: EmbeddedIndex, tmp_path: Path) -> None:
    seen: list[Progress] = []
    source = write(tmp_path / "items.jsonl", *(item(n, f"text number {n} " * 5) for n in range(300)))
    (tmp_path / "a.md").write_text("text")
    await ingest(index, [source, tmp_path / "a.md"], settings=load_settings(), progress=seen.append)
    first = [one for one in seen if one.number == 1]
    assert [one.done for one in first] == sorted(one.done for one in first)
    last = first[-1]
    assert last.done == pytest.approx(last.total) == source.stat().st_size
    assert (last.source, last.sources, last.documents, last.chunks) == (str(source), 2, 300, 300)
    assert seen[-1].number == 2


async def test_an_unchanged_source_says_how_far_it_is_too(index: EmbeddedIndex, tmp_path: Path) -> None:
    source = write(tmp_path / "items.jsonl", *(item(n) for n in range(50)))
    await run(index, source)
    seen: list[Progress] = []
    await run(index, source, progress=seen.append)
    assert seen[-1].done == seen[-1].total
    assert seen[-1].documents == 50


async def test_a_long_document_is_encoded_in_pieces_and_written_whole(
    index: EmbeddedIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[Sequence[Document], Sequence[EncodedDocument]]] = []
    add = index.add

    async def watched(documents: Sequence[Document], encoded: Sequence[EncodedDocument]) -> None:
        written.append((documents, encoded))
        await add(documents, encoded)

    monkeypatch.setattr(index, "add", watched)
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, lines in (("a.txt", 3), ("b.txt", 300), ("c.txt", 3)):
        (folder / name).write_text("".join(f"Sentence number {n} of {name}.\n" for n in range(lines)))
    report = await run(index, folder, chunk_size=60, chunk_overlap=0)
    assert counts(report) == (3, 0, 0, 0, 0)
    assert (await index.describe())["chunks"] == report.chunks > 128
    for documents, encoded in written:
        for found, expected in zip(encoded, encode(documents, LocalEmbedder()), strict=True):
            assert (found["title"], found["chunks"], found["windows"]) == (
                expected["title"],
                expected["chunks"],
                expected["windows"],
            )
            assert found["vectors"] == pytest.approx(expected["vectors"], abs=1e-5)


async def test_a_document_over_the_limit_is_said_to_be(
    index: EmbeddedIndex, tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "a.txt").write_text("x " * 60_000)
    report = await run(index, tmp_path / "a.txt", settings=settings)
    assert counts(report) == (0, 0, 0, 0, 1)
    assert "larger than 100,000 bytes" in report.failures[0].reason


async def test_cancelling_leaves_a_good_state_and_the_next_run_finishes(index: EmbeddedIndex, tmp_path: Path) -> None:
    source = write(tmp_path / "items.jsonl", *(item(n, f"some text of number {n} " * 3) for n in range(3000)))
    some_written = asyncio.Event()

    def listen(progress: Progress) -> None:
        if progress.chunks:
            some_written.set()

    task = asyncio.create_task(run(index, source, progress=listen))
    await some_written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    known = len(await index.known(str(source)))
    assert 0 < known < 3000
    assert (await index.describe())["chunks"] >= known
    write(source, *(item(n, f"some text of number {n} " * 3) for n in range(1000)))
    report = await run(index, source)
    assert report.added + report.unchanged == 1000
    described = await index.describe()
    assert (described["documents"], described["chunks"]) == (1000, 1000)


async def test_a_failure_of_the_listener_or_the_index_ends_the_run_with_that_error(
    index: EmbeddedIndex, tmp_path: Path
) -> None:
    source = write(tmp_path / "items.jsonl", *(item(n) for n in range(10)))

    def listen(progress: Progress) -> None:
        raise RuntimeError("stop here")

    with pytest.raises(RuntimeError, match="stop here"):
        await run(index, source, progress=listen)


class RemoteEmbedder:
    """Another embedding than the local one: vectors come from the index, not from here."""

    name = "elsewhere"
    dimension = 8
    window = 200

    async def embed(self, texts: Sequence[str]) -> Vectors:
        seeds = [np.random.default_rng(len(text)).normal(size=8) for text in texts]
        return np.array([seed / np.linalg.norm(seed) for seed in seeds], dtype=np.float32)

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return await self.embed(texts)


async def test_an_index_with_another_embedding_makes_its_own_vectors(tmp_path: Path) -> None:
    index = await EmbeddedIndex.open(tmp_path / "remote.sqlite", RemoteEmbedder())
    assert counts(await run(index, write(tmp_path / "items.jsonl", item("a"), item("b")))) == (2, 0, 0, 0, 0)
    assert {hit["document"] for hit in await index.search("text of a", 2)} == {"a", "b"}
    await index.close()


async def test_a_site_is_brought_up_to_date_page_by_page_without_sending_again_what_has_not_changed(
    index: EmbeddedIndex, web: Web, allowing: Settings
) -> None:
    def page(text: str, tag: str, *links: str) -> tuple[int, str, dict[str, str]]:
        return 200, f"<p>{text}</p>" + "".join(f"<a href='{link}'>x</a>" for link in links), {"etag": f'"{tag}"'}

    web.pages = {"/": page("home", "1", "/a", "/b"), "/a": page("about wool", "1"), "/b": page("about linen", "1")}
    source = Source(f"{web.url}/", site=Limits())
    report = await ingest(index, [source], settings=allowing)
    assert counts(report.sources[0]) == (3, 0, 0, 0, 0)
    web.pages |= {"/": page("home", "1", "/a", "/b"), "/a": page("about silk", "2")}
    web.asked.clear()
    assert counts((await ingest(index, [source], settings=allowing)).sources[0]) == (0, 1, 2, 0, 0)
    assert [one.headers.get("if-none-match") for one in web.asked if one.path != "/robots.txt"] == ['"1"'] * 3
    web.pages = {**web.pages, "/": page("home", "3", "/a"), "/b": (503, "busy", {})}
    assert counts((await ingest(index, [source], settings=allowing)).sources[0]) == (0, 1, 1, 1, 0)
    (hit,) = await index.search("silk", 1)
    assert hit["url"] == f"{web.url}/a"


async def test_entries_that_a_feed_no_longer_lists_stay(index: EmbeddedIndex, web: Web, allowing: Settings) -> None:
    def feed(*names: str) -> tuple[int, str, dict[str, str]]:
        items = "".join(f"<item><guid>{name}</guid><description>about {name}</description></item>" for name in names)
        return 200, f"<rss><channel>{items}</channel></rss>", {"content-type": "application/rss+xml"}

    for names, expected in ((("a", "b"), (2, 0, 0, 0, 0)), (("b", "c"), (1, 0, 1, 0, 0))):
        web.pages["/feed"] = feed(*names)
        assert counts(await run(index, f"{web.url}/feed", settings=allowing)) == expected
    assert set(await index.known(f"{web.url}/feed")) == {"a", "b", "c"}


async def test_what_a_source_says_of_its_documents_can_be_filtered_by(index: EmbeddedIndex, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("울은 찬물에.")
    source = Source(str(tmp_path / "a.md"), fields={"audience": ["women"], "language": "en"})
    await ingest(index, [source], settings=load_settings())
    for audience, found in (("women", 1), ("men", 0)):
        assert len(await index.search("울", 1, {"audience": {"any": [audience]}})) == found
    assert (await index.search("울", 1))[0]["metadata"] == {"audience": ["women"], "language": "en"}


async def test_a_site_or_an_api_is_named_by_an_address(index: EmbeddedIndex, tmp_path: Path) -> None:
    (report,) = (await ingest(index, [Source(str(tmp_path), site=Limits())], settings=load_settings())).sources
    assert "is no http(s) address" in report.failures[0].reason


@pytest.mark.parametrize("by", ["recursive", "heading", "sentence"])
@pytest.mark.parametrize("unit", ["characters", "tokens"])
async def test_how_chunks_are_cut_can_be_chosen(index: EmbeddedIndex, tmp_path: Path, by: Any, unit: Any) -> None:
    source = tmp_path / "a.md"
    source.write_text("# 울\n\n찬물에 빱니다. 그늘에 말립니다.\n\n## 면\n\n삶아도 됩니다.\n" * 3)
    assert counts(await run(index, source, chunk_size=60, chunk_by=by, chunk_unit=unit)) == (1, 0, 0, 0, 0)
    assert counts(await run(index, source, chunk_size=60, chunk_by=by, chunk_unit=unit)) == (0, 0, 1, 0, 0)
