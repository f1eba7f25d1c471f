"""The AutoRAG Korean set: 720 pages of PDF files, one relevant page a question, ranked by each leg.

    STYLEGRAPH_SHARED=... python -m stylegraph.evals.bench.autorag

The 114 questions of `qa_v4` are the test. What could be chosen was chosen on other data: `labelled.py`, and the
questions of our own on the same pages (`--questions own`, `evals/cases/pages.yaml`).
"""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

import pandas as pd

from stylegraph.agent.text.resources import read_yaml
from stylegraph.evals.bench.labelled import Labelled, Question, measure, table

TEST, SAMPLE, OWN = "qa_v4", "qa_sample", "own"
GOAL = 0.93


def folder() -> Path | None:
    """Return the folder of the data set, or None where it is not at hand."""
    shared = os.environ.get("STYLEGRAPH_SHARED")
    path = Path(shared) / "data" / "autorag-ko" if shared else None
    return path if path and path.is_dir() else None


def read(path: Path, questions: str) -> Labelled:
    """Read all pages, and the questions of one file of the set, or our own."""
    corpus = pd.read_parquet(path / "ocr_corpus_v3.parquet")
    pages = [
        {"id": str(name), "title": "", "text": str(text)}
        for name, text in zip(corpus["doc_id"], corpus["contents"], strict=True)
    ]
    return Labelled(pages, _own() if questions == OWN else _asked(path / f"{questions}.parquet"))


def _asked(path: Path) -> list[Question]:
    asked = pd.read_parquet(path)
    return [
        Question(str(query), {str(page): 1 for group in pages_of for page in group})
        for query, pages_of in zip(asked["query"], asked["retrieval_gt"], strict=True)
    ]


def _own() -> list[Question]:
    cases = read_yaml("stylegraph.evals", "cases/pages.yaml")
    return [Question(case["question"], {case["page"]: 1}) for case in cases]


def main() -> None:
    """Print the three legs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", choices=(TEST, SAMPLE, OWN), default=TEST)
    questions = parser.parse_args().questions
    path = folder()
    if path is None:
        raise SystemExit("Set STYLEGRAPH_SHARED to the folder that holds data/autorag-ko.")
    labelled = read(path, questions)
    scores = asyncio.run(measure(labelled))
    print(table([(f"autorag-ko {questions}", labelled, scores)]))
    met = scores["fused"] >= GOAL and scores["fused"] >= scores["lexical"]
    print(f"goal: fused {GOAL} and not below lexical: {'met' if met else 'missed'}")


if __name__ == "__main__":
    main()
