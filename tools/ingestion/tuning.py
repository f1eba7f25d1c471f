"""Which chunk size serves a source best: a grid of sizes and overlaps, measured on labelled questions."""

from __future__ import annotations

import asyncio
import json
import math
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stylegraph.agent.errors import InputError
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.settings import Settings
from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.tools.ingestion.chunks import Chunking
from stylegraph.tools.ingestion.formats.record import Record
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.ingestion.remote.cache import Fetcher
from stylegraph.tools.ingestion.sources import Source, open_source
from stylegraph.tools.retrieval.hybrid.index import Hit
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

_MOST_QUESTIONS = 10_000
_SHAPE = 'Each line is {"question": ..., "answer": text of the source or a list of it}, and "document" if you like.'


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and what of the source answers it."""

    text: str
    answers: tuple[str, ...]
    """Pieces of the source, verbatim but for white space; all of them belong to the answer."""
    document: str = ""
    """The id of the document that they are looked for in; empty: in all of them."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How one way of cutting did."""

    chunking: Chunking
    chunks: int
    ndcg: float
    """0..1: how high the first chunk stands that holds an answer whole. See `ndcg`."""
    coverage: float
    """0..1: the share of the answers' words that stand in the chunks found (ROUGE-1 recall: Lin 2004)."""
    characters: float
    """Characters of the chunks found, for one question on average: what a model would have to read."""
    seconds: float
    """To index the source."""
    bytes: int
    """Of the index."""


def read_questions(path: Path) -> list[Question]:
    """Read labelled questions from JSONL.

    Raises:
        InputError: It can't be read, or a line is wrong; says which.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeError) as error:
        raise InputError(f"{path} can't be read: {error}.", _SHAPE) from None
    questions = [
        _question(line, f"{path}, line {number}") for number, line in enumerate(lines, start=1) if line.strip()
    ]
    if not 0 < len(questions) <= _MOST_QUESTIONS:
        raise InputError(f"{path} has {len(questions):,} questions; 1 to {_MOST_QUESTIONS:,} can be used.", _SHAPE)
    return questions


def _question(line: str, where: str) -> Question:
    try:
        fields: Any = json.loads(line)
        text, answer, document = fields["question"], fields["answer"], fields.get("document", "")
        answers = [answer] if isinstance(answer, str) else list(answer)
        named = isinstance(text, str) and text.strip() and isinstance(document, str)
        if named and answers and all(_words(one) for one in answers):
            return Question(text, tuple(answers), document)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        pass
    raise InputError(f"{where} is not a labelled question.", _SHAPE)


def grid(sizes: Iterable[int], overlaps: Iterable[int], base: Chunking) -> list[Chunking]:
    """Return every size with every overlap that is at most half of it, cut as `base` says.

    Raises:
        InputError: There is no such pair.
    """
    overlaps = sorted(set(overlaps))
    found = [
        Chunking(size, overlap, base.by, base.unit)
        for size in sorted(set(sizes))
        for overlap in overlaps
        if size > 0 and 0 <= overlap <= size // 2
    ]
    if not found:
        raise InputError("No overlap is at most half of a size.", "Give smaller overlaps, or larger sizes.")
    return found


async def unanswerable(source: Source, questions: Sequence[Question], settings: Settings) -> list[Question]:
    """Return the questions with an answer that does not stand in the source: their labels are wrong.

    Raises:
        InputError: The source can't be opened.
    """
    reading = await open_source(source, Fetcher(settings))

    def search() -> set[str]:
        missing = {one for question in questions for one in question.answers}
        for item in reading:
            if isinstance(item, Record):
                text = _squeezed(item.text)
                missing -= {one for one in missing if _squeezed(one) in text}
        return missing

    missing = await asyncio.to_thread(search)
    return [question for question in questions if missing.intersection(question.answers)]


async def tune(
    source: Source,
    questions: Sequence[Question],
    chunkings: Iterable[Chunking],
    settings: Settings,
    k: int,
    embedder: Embedder,
) -> AsyncIterator[Trial]:
    """Index a source in each way, in a folder that is removed again, and ask it the questions.

    Args:
        source: What to index.
        questions: What to ask. Choose on some of your questions, and report on others.
        chunkings: How to cut.
        settings: Limits.
        k: Chunks that are looked at for each question.
        embedder: The embedding of documents.

    Yields:
        What was measured, one trial a chunking.

    Raises:
        InputError: The source gives no document.
        EmbeddingError: The embedding's server failed, so that what was found says nothing of the chunks.
    """
    await embedder.embed(["준비"])  # loaded before anything is timed
    await asyncio.to_thread(tokenize, "준비")
    for chunking in chunkings:
        with tempfile.TemporaryDirectory() as folder:
            yield await _trial(source, questions, chunking, settings, k, embedder, Path(folder) / "tune.sqlite")


async def _trial(
    source: Source,
    questions: Sequence[Question],
    chunking: Chunking,
    settings: Settings,
    k: int,
    embedder: Embedder,
    path: Path,
) -> Trial:
    index = await EmbeddedIndex.open(path, embedder)
    try:
        begun = time.monotonic()
        report = await ingest(
            index,
            [source],
            settings=settings,
            chunk_size=chunking.size,
            chunk_overlap=chunking.overlap,
            chunk_by=chunking.by,
            chunk_unit=chunking.unit,
        )
        seconds = time.monotonic() - begun
        _check(embedder)
        (told,) = report.sources
        if not told.documents:
            first = told.failures[0]
            raise InputError(f"{first.where}: {first.reason}.", first.remedy)
        found = [await _found(index, question, k, embedder) for question in questions]
    finally:
        await index.close()
    pairs = list(zip(questions, found, strict=True))
    return Trial(
        chunking,
        told.chunks,
        ndcg=_mean(ndcg(question, hits) for question, hits in pairs),
        coverage=_mean(await asyncio.to_thread(lambda: [coverage(question, hits) for question, hits in pairs])),
        characters=_mean(sum(len(hit["text"]) for hit in hits) for hits in found),
        seconds=seconds,
        bytes=sum(one.stat().st_size for one in path.parent.iterdir()),
    )


async def _found(index: EmbeddedIndex, question: Question, k: int, embedder: Embedder) -> list[Hit]:
    hits = await index.search(question.text, k, collapse=False)
    _check(embedder)
    return hits


def _check(embedder: Embedder) -> None:
    if embedder.problem is not None:
        raise embedder.problem


def ndcg(question: Question, hits: Sequence[Hit]) -> float:
    """Return the normalised discounted cumulative gain (Järvelin and Kekäläinen 2002) of chunks for a question.

    Each answer is one relevant thing, found by the first chunk that holds it whole: that chunks overlap, or are many,
    gains nothing, so that ways of cutting can be compared. 1 / log2(1 + rank), averaged over the answers.
    """
    texts = [_squeezed(hit["text"]) if _may_answer(question, hit) else "" for hit in hits]
    return _mean(_gain(_squeezed(answer), texts) for answer in question.answers)


def _may_answer(question: Question, hit: Hit) -> bool:
    return question.document in ("", hit["document"])


def _gain(answer: str, texts: Sequence[str]) -> float:
    rank = next((place for place, text in enumerate(texts, start=1) if answer in text), None)
    return 1 / math.log2(1 + rank) if rank else 0.0


def coverage(question: Question, hits: Sequence[Hit]) -> float:
    """Return the share of the answers' words that stand somewhere in the chunks."""
    there = {word for hit in hits if _may_answer(question, hit) for word in _words(hit["text"])}
    wanted = [word for answer in question.answers for word in _words(answer)]
    return sum(word in there for word in wanted) / len(wanted)


def _words(text: str) -> list[str]:
    return tokenize(text) or text.split()


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known)


def best(trials: Iterable[Trial]) -> Trial:
    """Return the trial with the highest nDCG; of those within 0.005 the one with the least to read."""
    known = list(trials)
    top = max(trial.ndcg for trial in known)
    return min((trial for trial in known if trial.ndcg >= top - 0.005), key=lambda trial: trial.characters)


def rows(trials: Iterable[Trial]) -> Iterator[dict[str, Any]]:
    """Return trials as plain, JSON-able data."""
    for trial in trials:
        yield {
            "size": trial.chunking.size,
            "overlap": trial.chunking.overlap,
            "by": trial.chunking.by,
            "unit": trial.chunking.unit,
            "chunks": trial.chunks,
            "ndcg": round(trial.ndcg, 4),
            "coverage": round(trial.coverage, 4),
            "characters": round(trial.characters),
            "seconds": round(trial.seconds, 2),
            "bytes": trial.bytes,
        }
