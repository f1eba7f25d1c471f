"""`stylegraph graph`: the graph, drawn from the code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from langchain_core.runnables.graph import Graph

    from stylegraph.graphs.cli.ui.screen import Screen

Png = Annotated[
    Path | None, typer.Option("--png", metavar="FILE", dir_okay=False, help="Draw it as a picture into this file.")
]
Mermaid = Annotated[
    Path | None, typer.Option("--mermaid", metavar="FILE", dir_okay=False, help="Write the Mermaid into this file.")
]

EXAMPLES = (
    "stylegraph graph  # Mermaid: paste it into a README",
    "stylegraph graph --png graph.png",
)


async def graph(screen: Screen, *, png: Png = None, mermaid: Mermaid = None) -> None:
    """Draw the graph that questions travel, from the code: Mermaid, or a picture made without a network."""
    from stylegraph.agent.extras import needed
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.assistant import build_assistant
    from stylegraph.graphs.build import open_parts

    async with open_parts(load_settings(samples=False)) as parts:  # nothing is looked up, so nothing is indexed
        drawn = build_assistant(parts).compile().get_graph()
    text = drawn.draw_mermaid()
    if mermaid is not None:
        mermaid.write_text(text, encoding="utf-8")
    if png is not None:
        with needed("A drawing of the graph"):
            from stylegraph.graphs.cli.drawing import draw_png

        draw_png(drawn, png)
    _tell(screen, drawn, text, [path for path in (mermaid, png) if path is not None])


def _tell(screen: Screen, drawn: Graph, text: str, written: list[Path]) -> None:
    if screen.json:
        edges = [[edge.source, edge.target] for edge in drawn.edges]
        files = [str(path) for path in written]
        screen.record({"nodes": list(drawn.nodes), "edges": edges, "mermaid": text, "files": files})
    elif written:
        for path in written:
            screen.tell(f"Wrote {path}.")
    else:
        screen.verbatim(text.rstrip())
