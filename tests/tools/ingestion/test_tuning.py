"""Tuning: the measures, and what they say of ways to cut."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from standins.embedding import Fault, embedding_server

from stylegraph.agent.errors import EmbeddingError, InputError
from stylegraph.agent.settings import Settings, load_settings
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.embeddings.server import open_server_embedder
from stylegraph.tools.ingestion.chunks import Chunking
from stylegraph.tools.ingestion.sources import Source
from stylegraph.tools.ingestion.tuning import Question, best, coverage, grid, ndcg, read_questions, tune, unanswerable

FABRICS = {
    "울": "찬물에서 손으로",
    "면": "뜨거운 물에 삶아",
    "린넨": "미지근한 물에 담가",
    "실크": "드라이클리닝으로만",
}


def hits(*texts: str) -> Any:
    return [{"text": text, "document": "울.md"} for text in texts]


def asked(*answers: str, document: str = "") -> Question:
    return Question("?", answers, document)


def test_ndcg_is_one_for_an_answer_in_the_first_chunk_and_less_below() -> None:
    assert ndcg(asked("손으로\n빱니다"), hits("울은 손으로 빱니다.", "손으로 빱니다")) == 1.0
    assert ndcg(asked("손으로 빱니다"), hits("x", "y", "손으로 빱니다")) == pytest.approx(1 / math.log2(4))
    assert ndcg(asked("손으로 빱니다"), hits("손으로", "빱니다")) == 0.0
    assert ndcg(asked("a", "b"), hits("a")) == 0.5


def test_an_answer_counts_only_in_the_document_that_is_named() -> None:
    for document, found in (("울.md", 1.0), ("면.md", 0.0)):
        assert ndcg(asked("손으로", document=document), hits("손으로 빱니다")) == found
        assert coverage(asked("손으로", document=document), hits("손으로 빱니다")) == found


def test_it_is_what_ir_measures_call_ndcg_for_one_relevant_document() -> None:
    from stylegraph.evals.bench.labelled import ndcg as measured

    ranked = ["c", "b", "a"]
    assert ndcg(asked("a"), hits(*ranked)) == pytest.approx(measured(ranked, {"a": 1}))


def test_coverage_counts_the_answer_s_words_wherever_they_stand() -> None:
    assert coverage(asked("찬물 세탁"), hits("찬물에서", "세탁합니다")) == 1.0
    assert coverage(asked("찬물 세탁"), hits("찬물에서")) == 0.5
    assert coverage(asked("찬물 세탁"), []) == 0.0


def test_the_grid_leaves_out_overlaps_that_are_more_than_half_a_size() -> None:
    pairs = [(one.size, one.overlap) for one in grid([400, 100], [0, 100], Chunking(1, 0, "heading", "tokens"))]
    assert pairs == [(100, 0), (400, 0), (400, 100)]
    with pytest.raises(InputError, match="half"):
        grid([100], [60], Chunking(1, 0))


@pytest.fixture
def handbook(tmp_path: Path) -> Path:
    folder = tmp_path / "handbook"
    folder.mkdir()
    for name, how in FABRICS.items():
        filler = f"{name} 옷감의 역사는 길고 이야기도 많습니다. " * 6
        (folder / f"{name}.md").write_text(f"# {name}\n\n{filler}\n\n{name}은 {how} 세탁합니다.\n\n{filler}", "utf-8")
    return folder


def labelled(folder: Path) -> list[Question]:
    path = folder.parent / "questions.jsonl"
    lines = [json.dumps({"question": f"{name} 세탁은 어떻게 해?", "answer": how}) for name, how in FABRICS.items()]
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_questions(path)


async def test_each_way_of_cutting_is_measured_and_the_cheapest_of_the_best_is_chosen(handbook: Path) -> None:
    settings, source = load_settings(), Source(str(handbook))
    questions = labelled(handbook)
    chunkings = grid([60, 800], [0], Chunking(1, 0))
    trials = [trial async for trial in tune(source, questions, chunkings, settings, 3, LocalEmbedder())]
    small, large = trials
    assert small.chunks > large.chunks == len(FABRICS)
    assert small.characters < large.characters
    assert all(0 < trial.ndcg <= 1 and trial.seconds > 0 and trial.bytes > 0 for trial in trials)
    assert large.ndcg == large.coverage == 1.0
    assert best(trials) is (small if small.ndcg >= 0.995 else large)


async def test_a_server_that_fails_ends_it_instead_of_measuring_words_alone(handbook: Path) -> None:
    settings = Settings(_env_file=None, embedding_model="words-1", embedding_api_key="key", embedding_retries=0)  # type: ignore[call-arg, arg-type]
    questions, chunkings = labelled(handbook), grid([800], [0], Chunking(1, 0))
    async with embedding_server() as server:
        ready = settings.model_copy(update={"embedding_base_url": server.url})
        async with open_server_embedder(ready) as embedder:
            [trial] = [one async for one in tune(Source(str(handbook)), questions, chunkings, ready, 3, embedder)]
            assert trial.ndcg > 0
            asked = len(server.asked)
        for at in (1, asked - 1):  # while it is indexed, and at the last question
            server.faults = [*[None] * at, Fault(500), None]
            async with open_server_embedder(ready) as embedder:
                with pytest.raises(EmbeddingError):
                    [one async for one in tune(Source(str(handbook)), questions, chunkings, ready, 3, embedder)]


async def test_wrong_labels_are_found_before_anything_is_indexed(handbook: Path) -> None:
    questions = [*labelled(handbook), Question("?", ("this is nowhere",))]
    assert await unanswerable(Source(str(handbook)), questions, load_settings()) == questions[-1:]


@pytest.mark.parametrize(
    "line",
    ["{broken", "[]", '{"question": "a"}', '{"question": "", "answer": "b"}', '{"question": "a", "answer": []}',
     '{"question": "a", "answer": " "}', '{"question": "a", "answer": 3}'],
)  # fmt: skip
def test_a_line_that_is_no_labelled_question_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"question": "a", "answer": "b"}\n' + line, encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        read_questions(path)
