"""Where the boxes and lines of a graph go when it is drawn top to bottom (Sugiyama, Tagawa & Toda 1981)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean

Edge = tuple[str, str]
Point = tuple[float, float]

_GAP = 34.0
_LAYER = 92.0
_BEND_WIDTH = 8.0
_SWEEPS = 12


@dataclass
class Place:
    """A box, or the bend of a line that passes a layer."""

    name: str
    width: float
    layer: int
    x: float = 0.0
    above: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """Boxes by name (centre and width) and, per edge, the points that its line passes, from source to target."""

    boxes: Mapping[str, tuple[float, float, float]]
    lines: Mapping[Edge, Sequence[Point]]


def arrange(widths: Mapping[str, float], edges: Sequence[Edge], height: float) -> Layout:
    """Place the nodes of a graph in layers, each edge from one layer to the next, with few crossings.

    Args:
        widths: Width of each node's box, in the order that the nodes are wanted.
        edges: Source and target; edges that lead back are drawn upwards.
        height: Height of every box.
    """
    downward = _downward(list(widths), edges)
    layers_of = _layers(list(widths), set(downward.values()))
    places = {name: Place(name, width, layers_of[name]) for name, width in widths.items()}
    chains = {edge: _chain(places, down) for edge, down in downward.items()}
    layers = _ordered(places)
    _spread(layers, places)
    boxes = {name: (places[name].x, places[name].layer * _LAYER, places[name].width) for name in widths}
    lines = {edge: _line(chain, places, height, edge[0] == chain[0]) for edge, chain in chains.items()}
    return Layout(boxes, lines)


def _downward(names: Sequence[str], edges: Iterable[Edge]) -> dict[Edge, Edge]:
    """Turn round the edges that lead back: the nodes stand in the order of the way."""
    place = {name: at for at, name in enumerate(names)}
    return {(one, two): (one, two) if place[one] <= place[two] else (two, one) for one, two in edges}


def _layers(names: Sequence[str], edges: set[Edge]) -> dict[str, int]:
    """Return each node the longest way to it from a beginning."""
    layers = dict.fromkeys(names, 0)
    for _ in names:
        for source, target in edges:
            layers[target] = max(layers[target], layers[source] + 1)
    return layers


def _chain(places: dict[str, Place], edge: Edge) -> list[str]:
    """Link two nodes through one bend in each layer between them."""
    top, bottom = edge
    between = range(places[top].layer + 1, places[bottom].layer)
    bends = [f"{top}\0{bottom}\0{layer}" for layer in between]
    places.update({name: Place(name, _BEND_WIDTH, layer) for name, layer in zip(bends, between, strict=True)})
    chain = [top, *bends, bottom]
    for upper, lower in pairwise(chain):
        places[upper].below.append(lower)
        places[lower].above.append(upper)
    return chain


def _ordered(places: Mapping[str, Place]) -> list[list[Place]]:
    """Sort every layer by where its neighbours are, down and up again, until crossings are few."""
    layers: list[list[Place]] = [[] for _ in range(max(place.layer for place in places.values()) + 1)]
    for place in places.values():
        layers[place.layer].append(place)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for layer in layers if down else reversed(layers):
            rank = {place.name: at for some in layers for at, place in enumerate(some)}
            layer.sort(key=lambda place: _mean([rank[name] for name in _beside(place, down)], rank[place.name]))
    return layers


def _beside(place: Place, down: bool) -> list[str]:
    return place.above if down else place.below


def _mean(values: Sequence[float], otherwise: float) -> float:
    return fmean(values) if values else otherwise


def _spread(layers: Sequence[Sequence[Place]], places: Mapping[str, Place]) -> None:
    """Move every node towards the middle of its neighbours, as far as the gaps allow."""
    for sweep in range(_SWEEPS * 2):
        down = sweep % 2 == 0
        for layer in layers if down else list(reversed(layers)):
            wanted = [_mean([places[name].x for name in _beside(place, down)], place.x) for place in layer]
            for place, x in zip(layer, _apart(wanted, [place.width for place in layer]), strict=True):
                place.x = x


def _apart(wanted: Sequence[float], widths: Sequence[float]) -> list[float]:
    """Keep gaps: the mean of pushing everything right and pushing everything left keeps them too."""
    right, left = list(wanted), list(wanted)
    for at in range(1, len(wanted)):
        right[at] = max(right[at], right[at - 1] + (widths[at - 1] + widths[at]) / 2 + _GAP)
    for at in range(len(wanted) - 2, -1, -1):
        left[at] = min(left[at], left[at + 1] - (widths[at] + widths[at + 1]) / 2 - _GAP)
    return [(one + other) / 2 for one, other in zip(right, left, strict=True)]


def _line(chain: Sequence[str], places: Mapping[str, Place], height: float, forwards: bool) -> list[Point]:
    """Return the points of a chain, its ends on the edges of the boxes, side by side with the others' ends."""
    first, last = places[chain[0]], places[chain[-1]]
    points = [(places[name].x, places[name].layer * _LAYER) for name in chain]
    points[0] = (_port(first, first.below, chain[1], places), points[0][1] + height / 2)
    points[-1] = (_port(last, last.above, chain[-2], places), points[-1][1] - height / 2)
    return points if forwards else points[::-1]


def _port(place: Place, neighbours: Sequence[str], to: str, places: Mapping[str, Place]) -> float:
    ordered = sorted(neighbours, key=lambda name: places[name].x)
    step = min(14.0, place.width * 0.8 / len(ordered))
    return place.x + (ordered.index(to) - (len(ordered) - 1) / 2) * step
