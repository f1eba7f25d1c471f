"""How well search ranks, on labelled questions, by the way of a user's documents: JSONL, chunks, index, search.

    python -m stylegraph.evals.bench.labelled squad:KorQuAD_v1.0_dev.json pairs:msmarco_kor.json --limit 500

reads files that one has: `squad` is the format of SQuAD, KorQuAD and XQuAD (a paragraph is a document), `articles` the
same with a whole article as a document, `pairs` a JSON list of `{"query", "positive": [texts]}`. They are what the
tokens, the BM25 parameters, the title's weight, the windows and the fusion weight were chosen on; `autorag.py` is the
test. With STYLEGRAPH_EMBEDDING_MODEL both measure the embedding that it names.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import random
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any, get_args

from stylegraph.agent.evidence import Leg
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.settings import load_settings
from stylegraph.tools.embeddings.opening import open_embedder
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.retrieval.hybrid.fusion import reciprocal_rank
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

LEGS: tuple[Leg, ...] = get_args(Leg)
RRF = "by ranks"
K = 10
_RRF_DEPTH = 100
_RRF_WEIGHTS = (1.0, 0.2)


@dataclass(frozen=True)
class Question:
    """A question, and how relevant which documents are to it."""

    text: str
    relevant: Mapping[str, int]


@dataclass(frozen=True)
class Labelled:
    """Documents with `id`, `title` and `text`, and questions about them."""

    documents: Sequence[Mapping[str, str]]
    questions: Sequence[Question]


async def measure(labelled: Labelled) -> dict[str, float]:
    """Return the mean nDCG@10 of each leg, and of fusing by ranks what the two single legs give.

    Documents are indexed with the default settings, and whole documents ranked.
    """
    with tempfile.TemporaryDirectory() as folder:
        async with open_embedder(load_settings()) as embedder:
            return await _measured(Path(folder), labelled, embedder)


async def _measured(folder: Path, labelled: Labelled, embedder: Embedder) -> dict[str, float]:
    index = await filled(folder, labelled.documents, embedder)
    try:
        gains = [await _gains(index, question) for question in labelled.questions]
    finally:
        await index.close()
    return {name: mean(gain[name] for gain in gains) for name in (*LEGS, RRF)}


async def filled(folder: Path, documents: Iterable[Mapping[str, str]], embedder: Embedder) -> EmbeddedIndex:
    """Write documents as a JSONL file and index it as a user would."""
    source = folder / "documents.jsonl"
    source.write_text("".join(json.dumps(document) + "\n" for document in documents), encoding="utf-8")
    index = await EmbeddedIndex.open(folder / "labelled.sqlite", embedder)
    report = await ingest(index, [source], settings=load_settings())
    if report.total("failed"):
        raise SystemExit(f"Not indexed: {report.sources[0].failures[:3]}")
    return index


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int], k: int = K) -> float:
    """Return the normalised discounted cumulative gain (Järvelin and Kekäläinen 2002) of the first k, 0..1."""
    ideal = sum(_gain_at(grade, rank) for rank, grade in enumerate(sorted(relevant.values(), reverse=True)[:k]))
    return sum(_gain_at(relevant.get(name, 0), rank) for rank, name in enumerate(ranked[:k])) / ideal


def squad(data: Mapping[str, Any]) -> Labelled:
    """Read SQuAD's format with a paragraph as a document."""
    documents: list[dict[str, str]] = []
    questions: list[Question] = []
    for article in data["data"]:
        for paragraph in article["paragraphs"]:
            name = f"p{len(documents)}"
            documents.append({"id": name, "title": article["title"].replace("_", " "), "text": paragraph["context"]})
            questions += [Question(asked["question"], {name: 1}) for asked in paragraph["qas"]]
    return Labelled(documents, questions)


def articles(data: Mapping[str, Any]) -> Labelled:
    """Read SQuAD's format with an article as a document."""
    documents: list[dict[str, str]] = []
    questions: list[Question] = []
    for article in data["data"]:
        name = f"a{len(documents)}"
        text = "\n\n".join(paragraph["context"] for paragraph in article["paragraphs"])
        documents.append({"id": name, "title": article["title"].replace("_", " "), "text": text})
        asked = [one["question"] for paragraph in article["paragraphs"] for one in paragraph["qas"]]
        questions += [Question(text, {name: 1}) for text in asked]
    return Labelled(documents, questions)


def pairs(data: Iterable[Mapping[str, Any]]) -> Labelled:
    """Read questions with the texts that answer them; all texts together are the documents."""
    names: dict[str, str] = {}
    questions = []
    for pair in data:
        relevant = {names.setdefault(text, f"t{len(names)}"): 1 for text in pair["positive"]}
        questions.append(Question(pair["query"], relevant))
    return Labelled([{"id": name, "title": "", "text": text} for text, name in names.items()], questions)


READERS: dict[str, Callable[[Any], Labelled]] = {"squad": squad, "articles": articles, "pairs": pairs}


def sampled(labelled: Labelled, limit: int) -> Labelled:
    """Keep so many questions, always the same ones; all documents stay."""
    questions = random.Random(7).sample(labelled.questions, min(limit, len(labelled.questions)))
    return Labelled(labelled.documents, questions)


def table(rows: Iterable[tuple[str, Labelled, Mapping[str, float]]]) -> str:
    """Return the figures as lines of text."""
    lines = [f"{'nDCG@10':<28}{'documents':>10}{'questions':>10}" + "".join(f"{leg:>9}" for leg in (*LEGS, RRF))]
    for name, labelled, scores in rows:
        counts = f"{len(labelled.documents):>10}{len(labelled.questions):>10}"
        lines.append(f"{name:<28}{counts}" + "".join(f"{scores[leg]:>9.4f}" for leg in (*LEGS, RRF)))
    return "\n".join(lines)


async def _gains(index: EmbeddedIndex, question: Question) -> dict[str, float]:
    ranked: dict[str, list[str]] = {}
    for leg in LEGS:
        ranked[leg] = [hit["document"] for hit in await index.search(question.text, _RRF_DEPTH, leg=leg)]
    fused = reciprocal_rank([ranked["lexical"], ranked["dense"]], _RRF_WEIGHTS)
    ranked[RRF] = sorted(fused, key=lambda name: -fused[name])
    return {name: ndcg(documents, question.relevant) for name, documents in ranked.items()}


def _gain_at(grade: int, rank: int) -> float:
    return (2.0**grade - 1) / math.log2(rank + 2)


def main() -> None:
    """Print a line for each file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="READER:FILE")
    parser.add_argument("--limit", type=int, default=500, help="questions of each file")
    arguments = parser.parse_args()
    rows = []
    for named in arguments.files:
        reader, _, file = named.partition(":")
        labelled = sampled(READERS[reader](json.loads(Path(file).read_text(encoding="utf-8"))), arguments.limit)
        rows.append((f"{reader}:{Path(file).name}", labelled, asyncio.run(measure(labelled))))
    print(table(rows))


if __name__ == "__main__":
    main()
