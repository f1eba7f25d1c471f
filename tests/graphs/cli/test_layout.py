"""Boxes and lines of a drawn graph."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from langchain_core.runnables.graph import Graph
from PIL import Image

from stylegraph.graphs.cli.drawing import draw_png
from stylegraph.graphs.cli.layout import arrange

HEIGHT = 36.0
NAMES = [f"n{number}" for number in range(8)]


@st.composite
def graphs(draw):
    pairs = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1])
    widths = {name: draw(st.floats(30, 200)) for name in NAMES}
    return widths, draw(st.lists(pairs, unique=True, max_size=16))


@given(graphs())
def test_boxes_of_a_layer_keep_their_distance_and_lines_join_their_boxes(graph):
    widths, edges = graph
    layout = arrange(widths, edges, HEIGHT)
    assert list(layout.boxes) == NAMES
    layers = {}
    for x, y, width in layout.boxes.values():
        layers.setdefault(y, []).append((x - width / 2, x + width / 2))
    for boxes in layers.values():
        assert all(one[1] + 33 < other[0] for one, other in pairwise(sorted(boxes)))
    assert set(layout.lines) == set(edges)
    for (source, target), points in layout.lines.items():
        for name, (x, y) in ((source, points[0]), (target, points[-1])):
            centre, middle, width = layout.boxes[name]
            assert abs(x - centre) <= width / 2
            assert abs(y - middle) == HEIGHT / 2


@given(graphs())
def test_edges_run_down_in_the_order_of_the_nodes_and_back_edges_up(graph):
    layout = arrange(*graph, HEIGHT)
    for source, target in layout.lines:
        down = layout.boxes[source][1] < layout.boxes[target][1]
        assert down == (NAMES.index(source) < NAMES.index(target))


def test_a_graph_becomes_a_picture(tmp_path):
    graph = Graph()
    first, second = graph.add_node(lambda: None, "begin"), graph.add_node(lambda: None, "answer")
    graph.add_edge(first, second)
    graph.add_edge(second, first, conditional=True)
    draw_png(graph, tmp_path / "graph.png")
    with Image.open(tmp_path / "graph.png") as picture:
        assert picture.format == "PNG"
        colours = {picture.convert("RGB").getpixel((x, picture.height // 3)) for x in range(picture.width)}
    assert len(colours) > 3
