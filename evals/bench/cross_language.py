"""Questions over documents that exist in the other language only: 320 of four fields, split by document.

    python -m stylegraph.evals.bench.cross_language --split tune

With STYLEGRAPH_SHARED the 720 Korean pages of the AutoRAG set lie in the same index (`--alone` leaves them out): a text
in the question's language that shares a word or two is what a cross-language search loses to.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from stylegraph.agent.settings import load_settings
from stylegraph.agent.text.resources import read_yaml
from stylegraph.evals.bench import autorag
from stylegraph.evals.bench.labelled import LEGS, K, Labelled, Question, filled, ndcg
from stylegraph.tools.embeddings.opening import open_embedder
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex


def read(split: str, *, alone: bool = False) -> tuple[Labelled, Sequence[str]]:
    """Return all documents with the questions of one split, and the language of each question."""
    cases: list[dict[str, Any]] = read_yaml("stylegraph.evals", "cases/cross_language.yaml")
    documents = [{"id": case["title"], "title": case["title"], "text": case["text"]} for case in cases]
    asked = [
        ("en" if case["language"] == "ko" else "ko", Question(question, {case["title"]: 1}))
        for case in cases
        if case["split"] == split
        for question in case["questions"]
    ]
    path = None if alone else autorag.folder()
    others = autorag.read(path, autorag.OWN).documents if path else []
    return Labelled([*documents, *others], [question for _, question in asked]), [language for language, _ in asked]


async def measure(labelled: Labelled) -> Mapping[str, Sequence[tuple[float, float]]]:
    """Return for each leg, and each question, nDCG@10 and whether its document is among the first ten."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_embedder(load_settings()) as embedder:
            index = await filled(Path(folder), labelled.documents, embedder)
            try:
                return {leg: [await _gain(index, one, leg) for one in labelled.questions] for leg in LEGS}
            finally:
                await index.close()


async def _gain(index: EmbeddedIndex, question: Question, leg: Any) -> tuple[float, float]:  # noqa: ANN401
    found = [hit["document"] for hit in await index.search(question.text, K, leg=leg)]
    return ndcg(found, question.relevant), float(any(name in question.relevant for name in found))


def main() -> None:
    """Print a line for each leg and language."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=("tune", "test"), default="tune")
    parser.add_argument("--alone", action="store_true", help="without the pages of the AutoRAG set")
    arguments = parser.parse_args()
    labelled, languages = read(arguments.split, alone=arguments.alone)
    print(f"{arguments.split}: {len(labelled.documents)} documents, {len(labelled.questions)} questions")
    for leg, gains in asyncio.run(measure(labelled)).items():
        for language in ("ko", "en", "both"):
            own = [gain for gain, asked in zip(gains, languages, strict=True) if language in (asked, "both")]
            scores = f"nDCG@10 {mean(gain for gain, _ in own):.4f}  recall@10 {mean(hit for _, hit in own):.4f}"
            print(f"{leg:<9}{language:<6}{scores}")


if __name__ == "__main__":
    main()
