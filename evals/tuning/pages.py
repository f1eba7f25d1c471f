"""A set of training examples as one HTML page with plots, drawn as SVG in the page: nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from statistics import mean, median

from stylegraph.evals.harness.html_report import page
from stylegraph.evals.tuning.figures import Figures

_WIDE, _ROW, _NAME, _COUNT = 640, 26, 150, 90
_TALL, _BINS = 150, 20


def report_page(figures: Figures, title: str) -> str:
    """Return the page."""
    return page(title, _body(figures))


def _body(figures: Figures) -> Iterator[str]:
    yield f'<p class="quiet">{figures.size:,} examples, {figures.turns:.1f} messages before an answer on average</p>'
    for name, counts in (
        ("Languages", figures.languages),
        ("Routes", figures.routes),
        ("Questions written by", figures.asked_by),
        ("Answers written by", figures.answered_by),
    ):
        yield f"<h2>{name}</h2>{_bars(counts, figures.size)}"
    yield f"<h2>Length of the questions, characters</h2>{_histogram(figures.questions)}"
    yield f"<h2>Length of the answers, characters</h2>{_histogram(figures.answers)}"
    yield "<h2>Diversity</h2>"
    likest = f"; likest other question, ROUGE-L: {mean(figures.nearest):.3f} on average" if figures.nearest else ""
    yield f"<p>{figures.distinct:.1%} of the pairs of words in the questions are different (distinct-2){likest}.</p>"
    if figures.nearest:
        yield _histogram(figures.nearest, low=0.0, high=1.0)
    yield f"<h2>Duplicates</h2><p>{figures.exact:,} exact, {figures.near:,} near</p>"
    yield f"<h2>How questions begin</h2>{_bars(figures.beginnings, figures.size)}"


def _bars(counts: Mapping[str, int], whole: int) -> str:
    most = max(counts.values(), default=1)
    rows = "".join(
        f'<g transform="translate(0 {place * _ROW})"><text x="0" y="17">{escape(name)}</text>'
        f'<rect x="{_NAME}" y="5" height="15" rx="3" width="{max(1, (_WIDE - _NAME - _COUNT) * count / most):.1f}"/>'
        f'<text x="{_WIDE}" y="17" text-anchor="end">{count:,} ({count / whole:.0%})</text></g>'
        for place, (name, count) in enumerate(counts.items())
    )
    told = escape(", ".join(f"{name} {count}" for name, count in counts.items()), quote=True)
    return _drawing(rows, _ROW * max(1, len(counts)), told)


def _histogram(values: Sequence[float], low: float | None = None, high: float | None = None) -> str:
    start = min(values) if low is None else low
    end = max(max(values) if high is None else high, start + 1e-9)
    counts = [0] * _BINS
    for value in values:
        counts[min(_BINS - 1, int((value - start) / (end - start) * _BINS))] += 1
    width, most = _WIDE / _BINS, max(counts)
    bars = "".join(
        f'<rect x="{place * width + 1:.1f}" width="{width - 2:.1f}" y="{_TALL * (1 - count / most):.1f}" '
        f'height="{_TALL * count / most:.1f}"><title>{count:,}</title></rect>'
        for place, count in enumerate(counts)
    )
    axis = (
        f'<text x="0" y="{_TALL + 18}">{start:g}</text>'
        f'<text x="{_WIDE / 2}" y="{_TALL + 18}" text-anchor="middle">median {median(values):.3g}</text>'
        f'<text x="{_WIDE}" y="{_TALL + 18}" text-anchor="end">{end:.4g}</text>'
    )
    return _drawing(bars + axis, _TALL + 26, f"from {start:g} to {end:.4g}, median {median(values):.3g}")


def _drawing(inside: str, height: float, told: str) -> str:
    style = "fill:var(--bar);font:13px system-ui,sans-serif"
    return (
        f'<svg viewBox="0 0 {_WIDE} {height:g}" width="100%" role="img" aria-label="{told}" style="{style}">'
        f"<style>text{{fill:var(--ink)}}</style>{inside}</svg>"
    )
