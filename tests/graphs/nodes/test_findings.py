"""What a source's node says of each look-up."""

from __future__ import annotations

from langgraph.runtime import Runtime

from stylegraph.evals.harness.fake_sources import shelf, text
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.graphs.nodes.identity import most_for
from stylegraph.graphs.nodes.streaming import gathering
from stylegraph.tools.retrieval.source import DocumentsSource


async def test_a_finding_says_what_was_asked_and_how_well_each_passage_fits_it():
    wool, silk = (
        {**text("documents", name, f"{name}."), "score": score} for name, score in (("Wool", 0.8), ("Silk", 0.3))
    )
    node = gathering(shelf(DocumentsSource, [wool, silk]), 5.0, most_for(settings_for(None)))
    task = {"id": "documents-0.2", "question": "how is wool washed?", "queries": ["wool"], "seconds": 5.0, "k": 6}
    update = await node({**task, "filters": {}, "language": "en"}, Runtime(context={}, stream_writer=lambda _: None))
    assert update["findings"] == [
        {
            "id": "documents-0.2",
            "source": "documents",
            "question": "how is wool washed?",
            "evidence": [wool["id"], silk["id"]],
            "scores": [0.8, 0.3],
            "notes": [],
        }
    ]
