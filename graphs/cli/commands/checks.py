"""What `doctor` looks at, one part after the other."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from stylegraph.agent.errors import StylegraphError
from stylegraph.agent.extras import needed
from stylegraph.agent.settings import Settings, strange_variables, unknown_name, variables
from stylegraph.graphs.cli.ui.command import described

if TYPE_CHECKING:
    from stylegraph.tools.retrieval.hybrid.index import SearchIndex

State = Literal["ok", "missing", "broken"]

_LEAST_ROOM = 200_000_000
_MANY_CHUNKS = 1_000_000
"""Chunks from which on an index is better kept on a cluster."""


@dataclass(frozen=True)
class Finding:
    """How one part is."""

    part: str
    state: State
    """`missing`: not set up, and everything else works without it. `broken`: set up, or needed, and not working."""
    detail: str
    cost: str = ""
    """What the user goes without."""
    remedy: str = ""


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at every part; a part that can't be looked at is broken, and the next one is looked at."""
    for part, check in _CHECKS.items():
        try:
            for finding in await check(settings):
                yield finding
        except Exception as error:
            _, message, remedy = described(error)
            yield Finding(part, "broken", message, remedy=remedy)


async def _variables(settings: Settings) -> list[Finding]:
    """Return which settings are set, by name only: some of them are secrets."""
    given = await asyncio.to_thread(_given)
    used, strange = sorted(given & variables()), strange_variables(given)
    findings = [Finding("settings", "ok", f"set: {', '.join(used) or 'none, so all are at their defaults'}")]
    if strange:
        detail = f"no such setting: {', '.join(strange)}"
        remedy = unknown_name("setting", strange[0], variables()).remedy
        findings.append(Finding("settings", "broken", detail, remedy=remedy))
    return findings


def _given() -> set[str]:
    from dotenv import dotenv_values

    return {name.upper() for name in [*os.environ, *dotenv_values(".env")]}


async def _home(settings: Settings) -> list[Finding]:
    return [await asyncio.to_thread(_home_now, settings.home)]


def _home_now(home: Path) -> Finding:
    there = next(folder for folder in (home.absolute(), *home.absolute().parents) if folder.exists())
    remedy = "Set STYLEGRAPH_HOME to a folder that you own."
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        return Finding("home", "broken", f"{home} can't be written: {error.strerror}", remedy=remedy)
    room = shutil.disk_usage(there).free
    if room < _LEAST_ROOM:
        return Finding("home", "broken", f"{home} has only {room / 1e6:,.0f} MB of room", remedy="Free some space.")
    made = "" if there == home.absolute() else ", to be made when it is needed"
    return Finding("home", "ok", f"{home}{made}, {room / 1e9:,.1f} GB of room")


async def _databases(settings: Settings) -> list[Finding]:
    files = {"conversations": settings.threads, "profiles": settings.people}
    return [await asyncio.to_thread(_database, part, path) for part, path in files.items()]


def _database(part: str, path: Path) -> Finding:
    if not path.exists():
        return Finding(part, "ok", "none yet")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.Error as error:
        return Finding(part, "broken", f"{path}: {error}", remedy="Move the file away; a new one is made.")
    return Finding(part, "ok", f"{path}, {path.stat().st_size / 1e6:,.1f} MB")


async def _embedding(settings: Settings) -> list[Finding]:
    from stylegraph.tools.embeddings import LocalEmbedder

    begun = time.perf_counter()
    embedder = LocalEmbedder()
    vector = (await embedder.embed(["여름에 입을 시원한 셔츠"]))[0]
    if abs(float(vector @ vector) - 1) > 0.01:
        return [Finding("embedding", "broken", f"{embedder.name} gives no unit vectors", remedy=_REINSTALL)]
    spent = time.perf_counter() - begun
    return [Finding("embedding", "ok", f"{embedder.name}, {embedder.dimension} dimensions, loaded in {spent:.1f} s")]


async def _document_embedding(settings: Settings) -> list[Finding]:
    """Embed one short text on the server that is set: that is what a key, a name and an address are seen to work by."""
    if not settings.embedding_model:
        cost = "documents are searched by the embedding on this machine, which reads sentences rather than passages"
        remedy = "Set STYLEGRAPH_EMBEDDING_MODEL, such as text-embedding-3-small, then: stylegraph index rebuild NAME"
        return [Finding("document embedding", "missing", "no server's embedding is set", cost, remedy)]
    from stylegraph.tools.embeddings.server import open_server_embedder
    from stylegraph.tools.net.fetch import shown

    begun = time.perf_counter()
    async with open_server_embedder(settings) as embedder:
        await embedder.embed_queries(["여름에 입을 시원한 셔츠"])
    address = settings.embedding_server[0]
    named = f"{embedder.name} at {shown(address) if address else 'OpenAI'}"
    spent = f"{time.perf_counter() - begun:.1f} s with {embedder.tokens:,} tokens"
    return [Finding("document embedding", "ok", f"{named} gave {embedder.dimension:,} numbers in {spent}")]


async def _tokenizer(settings: Settings) -> list[Finding]:
    from stylegraph.agent.text.tokenizer import tokenize

    begun = time.perf_counter()
    if "셔츠" not in await asyncio.to_thread(tokenize, "여름에 입을 시원한 셔츠를"):
        return [Finding("Korean words", "broken", "Kiwi reads no Korean", remedy=_REINSTALL)]
    return [Finding("Korean words", "ok", f"Kiwi, loaded in {time.perf_counter() - begun:.1f} s")]


async def _indexes(settings: Settings) -> list[Finding]:
    from stylegraph.graphs.build import open_library

    async with open_library(settings) as library:
        limits = {name: one.words_only for name, one in (await library.attached()).items()}
        there = await library.indexes()
        findings = [await look_at_index(index, limits.get(name, "")) for name, index in there.items()]
        problems = await library.problems()
    findings += [Finding("index", "broken", error.message, remedy=error.remedy) for error in problems.values()]
    return findings or [_no_index(settings)]


async def look_at_index(index: SearchIndex, words_only: str) -> Finding:
    """Return how one index is; what a very large file costs, and why an attached index is searched by words only."""
    try:
        one = await index.describe()
    except StylegraphError as error:
        return Finding("index", "broken", error.message, remedy=error.remedy)
    held = f"{one['chunks']:,} chunks, " if one["chunks"] else ""
    detail = f"{one['name']}: {one['documents']:,} documents, {held}{one['engine']}"
    if one["engine"] == "embedded" and one["chunks"] > _MANY_CHUNKS:
        cost = "a search here looks at all of its chunks, so each million of them costs every question as much again"
        remedy = "Keep it on Elasticsearch: set STYLEGRAPH_ELASTICSEARCH_URL, and index its sources there."
        return Finding("index", "ok", detail, cost, remedy)
    if not words_only:
        return Finding("index", "ok", detail)
    remedy = "Name the model of its vectors in STYLEGRAPH_EMBEDDING_MODEL, and attach it again."
    return Finding("index", "ok", detail, f"searched by words only: {words_only}", remedy)


def _no_index(settings: Settings) -> Finding:
    sample = settings.samples and not settings.has_elasticsearch
    cost = "answers come from the sample guide" if sample else "questions about documents find nothing"
    return Finding("index", "missing", "no documents are indexed", cost, "Index some: stylegraph index SOURCE...")


async def _catalogue(settings: Settings) -> list[Finding]:
    if settings.catalogue_in_use == settings.imported:
        return [await _stock(settings)]
    return [await asyncio.to_thread(_read_catalogue, settings.catalogue)]


async def _stock(settings: Settings) -> Finding:
    """Return what was imported."""
    from stylegraph.tools.embeddings import LocalEmbedder
    from stylegraph.tools.fashion.catalogue.imported import Stockroom

    async with Stockroom(settings, LocalEmbedder()) as stock:
        listed = await stock.listed()
    detail = "; ".join(f"{one['name']}: {one['known']['items']:,} items" for one in listed)
    lost = sum(one["known"]["lost_photos"] for one in listed)
    cost = f"{lost:,} items are shown without their photos" if lost else ""
    return Finding("catalogue", "ok", f"imported: {detail}", cost, "Import it again." if lost else "")


def _read_catalogue(path: Path | None) -> Finding:
    """Read every row, without indexing them."""
    from stylegraph.tools.fashion.catalogue.catalogue import sample_path
    from stylegraph.tools.fashion.catalogue.reading import read_items
    from stylegraph.tools.fashion.items.items import Problems

    problems = Problems()
    report = problems.report(sum(1 for _ in read_items(path or sample_path(), problems)))
    detail = f"{path or 'the sample catalogue'}: {report['items']:,} items, {report['skipped']:,} rows left out"
    first = "; ".join(f"line {one['line']}, {one['field']}: {one['text']}" for one in report["problems"][:3])
    if not report["items"]:
        return Finding("catalogue", "broken", detail, remedy=f"Correct it: {first}")
    return Finding("catalogue", "ok", detail, remedy=f"To be looked at: {first}" if first else "")


async def _pictures(settings: Settings) -> list[Finding]:
    """Look at one plain picture, and say whether similar items can be found."""
    from stylegraph.tools.fashion.vision.gallery import gallery_of

    garments = await asyncio.to_thread(_glance)
    gallery = await asyncio.to_thread(gallery_of, settings.catalogue_in_use)
    by = f", after {settings.vision_model or settings.model}" if settings.has_model else ""
    if gallery is None:
        cost = "items that look like a picture are found by their attributes only"
        beside = settings.catalogue and f"Make {settings.catalogue.with_suffix('.npz')}: stylegraph look --help."
        remedy = beside or "Import the photos: stylegraph catalogue import FILE --photos DIR."
        return [Finding("pictures", "ok", f"{garments}{by}", cost, remedy)]
    return [Finding("pictures", "ok", f"{garments}{by}; {len(gallery.ids):,} items to find similar ones among")]


def _glance() -> str:
    from PIL import Image

    from stylegraph.tools.fashion.vision.network import Garments
    from stylegraph.tools.image.picture import Picture

    garments, begun = Garments(), time.perf_counter()
    garments.look(Picture(Image.new("RGB", (64, 64), "white"), "PNG"))
    return f"the garment network, loaded in {time.perf_counter() - begun:.1f} s"


async def _model(settings: Settings) -> list[Finding]:
    """Ask it something tiny: that is what a key, a model's name and a server are seen to work by."""
    if not settings.has_model:
        cost = "routes, answers and grades are made here by rules and examples, and answers quote instead of explaining"
        remedy = "Set STYLEGRAPH_OPENAI_API_KEY, or STYLEGRAPH_BASE_URL for a server of your own."
        return [Finding("chat model", "missing", "no key and no base URL", cost, remedy)]
    with needed("A chat model"):
        from stylegraph.agent.llm.probe import probe

    probed = await probe(settings)
    named = f"{settings.model} at {settings.base_url or 'OpenAI'}"
    detail = f"{named} answered in {probed.seconds:.1f} s with {probed.tokens:,} tokens"
    if "response_format" in probed.refused:
        cost = "its server has no structured output, so forms are asked for in words and checked here"
        return [Finding("chat model", "ok", detail, cost), *_price(settings)]
    return [Finding("chat model", "ok", f"{detail}, in the form that was asked for"), *_price(settings)]


def _price(settings: Settings) -> list[Finding]:
    """Say so where nobody knows what the model costs: no limit in dollars holds then."""
    from stylegraph.agent.llm.prices import example, price_of

    if price_of(settings.model, settings) is not None:
        return []
    cost = "what turns cost is told as unknown, and STYLEGRAPH_BUDGET_DOLLARS ends none"
    remedy = f"Give it, in dollars for a million tokens: {example(settings.model)}"
    return [Finding("model price", "missing", f"no price of {settings.model} is known", cost, remedy)]


async def _web(settings: Settings) -> list[Finding]:
    """Search once for one page: the cheapest thing by which a provider is seen to work."""
    if not settings.has_web:
        cost = "questions about the news or today are answered from documents, with a note"
        return [Finding("web search", "missing", "no key", cost, "Set STYLEGRAPH_TAVILY_API_KEY.")]
    from stylegraph.tools.web.provider import open_search

    begun = time.perf_counter()
    async with open_search(settings) as search:
        found = await search.search("linen", 1, None)
    spent = time.perf_counter() - begun
    return [Finding("web search", "ok", f"{search.name} found {len(found)} page in {spent:.1f} s (one search spent)")]


async def _server(settings: Settings) -> list[Finding]:
    if all(importlib.util.find_spec(name) for name in ("langgraph_cli", "langgraph_api")):
        return [Finding("server", "ok", "stylegraph serve")]
    cost = "stylegraph serve does not run"
    return [Finding("server", "missing", "not installed", cost, "Install it: pip install 'stylegraph[serve]'")]


_REINSTALL = "Install it again: pip install --force-reinstall stylegraph"
_CHECKS: dict[str, Callable[[Settings], Awaitable[list[Finding]]]] = {
    "settings": _variables,
    "home": _home,
    "databases": _databases,
    "embedding": _embedding,
    "document embedding": _document_embedding,
    "Korean words": _tokenizer,
    "index": _indexes,
    "catalogue": _catalogue,
    "chat model": _model,
    "web search": _web,
    "pictures": _pictures,
    "server": _server,
}
