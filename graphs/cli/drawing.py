"""A graph as a picture, drawn here: no browser, no web service and no Graphviz."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from langchain_core.runnables.graph import Graph
from PIL import Image, ImageDraw, ImageFont

from stylegraph.graphs.cli.layout import Layout, Point, arrange

_SCALE = 3
"""Drawn so much larger and shrunk by this over 2: smooth lines, and sharp on dense screens."""
_FONT_SIZE = 15
_HEIGHT = 36.0
_MARGIN = 28.0
_INK, _LINE, _PAPER = "#1f2430", "#6b7280", "#ffffff"
_FILL, _BORDER, _END_FILL = "#eef2ff", "#6366f1", "#e5e7eb"


def draw_png(graph: Graph, path: Path) -> None:
    """Draw a graph top to bottom; conditional edges are dashed.

    Args:
        graph: What `CompiledStateGraph.get_graph()` gives.
        path: Where the PNG goes.

    Raises:
        OSError: It can't be written.
    """
    font = ImageFont.load_default(_FONT_SIZE * _SCALE)
    labels = {name: name.strip("_") for name in graph.nodes}
    widths = {name: font.getlength(label) / _SCALE + 32 for name, label in labels.items()}
    dashed = {(edge.source, edge.target): edge.conditional for edge in graph.edges if edge.source != edge.target}
    layout = arrange(widths, list(dashed), _HEIGHT)
    left, right, bottom = _bounds(layout)
    canvas = _Canvas((-left, _MARGIN + _HEIGHT / 2), (right - left, bottom + 2 * _MARGIN + _HEIGHT))
    for edge, points in layout.lines.items():
        canvas.arrow(points, dashed[edge])
    for name, (x, y, width) in layout.boxes.items():
        canvas.box((x, y), width, labels[name], font, end=name.startswith("__"))
    canvas.save(path)


def _bounds(layout: Layout) -> tuple[float, float, float]:
    """Return the left, the right and the lowest centre of what is drawn."""
    edges = [x + side * width / 2 for x, _, width in layout.boxes.values() for side in (-1, 1)]
    edges += [x for points in layout.lines.values() for x, _ in points]
    return min(edges) - _MARGIN, max(edges) + _MARGIN, max(y for _, y, _ in layout.boxes.values())


class _Canvas:
    """A picture whose points are given in the layout's own measure."""

    def __init__(self, offset: Point, size: Point) -> None:
        self._offset = offset
        self._image = Image.new("RGB", (round(size[0] * _SCALE), round(size[1] * _SCALE)), _PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def box(
        self, centre: Point, width: float, label: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, end: bool
    ) -> None:
        """Draw a node."""
        x, y = centre
        corners = [self._at((x - width / 2, y - _HEIGHT / 2)), self._at((x + width / 2, y + _HEIGHT / 2))]
        fill, border = (_END_FILL, _LINE) if end else (_FILL, _BORDER)
        radius = _HEIGHT / 2 if end else 8
        self._draw.rounded_rectangle(corners, radius * _SCALE, fill, border, round(1.5 * _SCALE))
        self._draw.text(self._at(centre), label, _INK, font, anchor="mm")

    def arrow(self, points: Sequence[Point], dashed: bool) -> None:
        """Draw an edge."""
        curve = [self._at(point) for point in _curve(points)]
        for number, ends in enumerate(pairwise(curve)):
            if not dashed or number % 4 < 2:
                self._draw.line(ends, _LINE, round(1.4 * _SCALE))
        self._draw.polygon(_head(curve[-2], curve[-1]), _LINE)

    def save(self, path: Path) -> None:
        """Write the picture."""
        size = (self._image.width * 2 // _SCALE, self._image.height * 2 // _SCALE)
        self._image.resize(size, Image.Resampling.LANCZOS).quantize(64).save(path, "PNG", optimize=True)

    def _at(self, point: Point) -> Point:
        return (point[0] + self._offset[0]) * _SCALE, (point[1] + self._offset[1]) * _SCALE


def _curve(points: Sequence[Point]) -> list[Point]:
    """Return a smooth line through the points: each piece leaves and arrives upright (cubic Bézier)."""
    curve = [points[0]]
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (y0 + y1) / 2
        steps = max(8, round(math.dist((x0, y0), (x1, y1)) / 3))
        for step in range(1, steps + 1):
            t = step / steps
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
            curve.append((a * x0 + b * x0 + c * x1 + d * x1, a * y0 + (b + c) * middle + d * y1))
    return curve


def _head(before: Point, tip: Point) -> list[Point]:
    angle = math.atan2(tip[1] - before[1], tip[0] - before[0])
    length = 9 * _SCALE
    return [tip, *((tip[0] - length * math.cos(angle + s), tip[1] - length * math.sin(angle + s)) for s in (0.4, -0.4))]
