"""A run as pages: figures with bars, and for each failing case a page that shows the way of its question.

Plain HTML in a folder: it opens from the disk, with no script and nothing fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from stylegraph.evals.harness.report import COUNTED, HEAD, Row, cells, failing, rows
from stylegraph.evals.harness.runs import Judged, Run

_STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1d1d24, #ececf2); --quiet: light-dark(#5d5d6b, #a3a3b2);
  --ground: light-dark(#fdfdfc, #17171c); --line: light-dark(#e3e3e8, #33333d); --bar: light-dark(#5b7fb9, #7fa3dd); }
body { font: 16px/1.55 system-ui, "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", sans-serif; color: var(--ink);
  background: var(--ground); max-width: 62rem; margin: 2.5rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
p, dd, li { overflow-wrap: anywhere; } .quiet { color: var(--quiet); }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .35rem .7rem .35rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top; } td.number, th.number { text-align: right; white-space: nowrap; }
.track { background: var(--line); border-radius: 4px; height: .7rem; min-width: 9rem; } .track i { display: block;
  height: 100%; border-radius: 4px; background: var(--bar); } ol { padding-left: 1.3rem; } a { color: inherit; }
dt { color: var(--quiet); margin-top: 1rem; } dd { margin: 0; white-space: pre-wrap; }
"""


def write_pages(run: Run, folder: Path) -> Path:
    """Write the pages of a run; give the first one.

    Args:
        run: The run.
        folder: Where; made if it is not there.
    """
    (folder / "cases").mkdir(parents=True, exist_ok=True)
    wrong = failing(run.judged)
    for one in wrong:
        (folder / _address(one)).write_text(page(f"{one.suite} {one.case}", _case(one)), encoding="utf-8")
    first = folder / "index.html"
    first.write_text(page(f"stylegraph: {run.name}", _overview(run, wrong)), encoding="utf-8")
    return first


def page(title: str, body: Iterator[str]) -> str:
    """Return a whole page: nothing in it is fetched from anywhere."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    return f'<!doctype html><html lang="en"><head>{head}<style>{_STYLE}</style></head><body>\n' + "\n".join(
        [f"<h1>{escape(title)}</h1>", *body, "</body></html>\n"]
    )


def _overview(run: Run, wrong: Sequence[Judged]) -> Iterator[str]:
    yield f'<p class="quiet">{escape(run.made)}, {len(run.judged):,} cases, {len(wrong):,} with something wrong</p>'
    figures = rows(run.judged)
    for suite in dict.fromkeys(row.suite for row in figures):
        yield f"<h2>{escape(suite)}</h2>"
        yield "<table><thead><tr>" + "".join(f"<th>{name}</th>" for name in (*HEAD[1:], "")) + "</tr></thead><tbody>"
        yield from (_figure(row) for row in figures if row.suite == suite)
        yield "</tbody></table>"
    if wrong:
        yield "<h2>Cases with something wrong</h2><table><tbody>"
        yield from (_line(one) for one in wrong)
        yield "</tbody></table>"


def _figure(row: Row) -> str:
    shown = "".join(f"<td>{escape(cell)}</td>" for cell in cells(row)[1:])
    is_share = row.result not in (*COUNTED, "seconds", "errors")
    return f"<tr>{shown}<td>{_bar(row.everyone) if is_share else ''}</td></tr>"


def _bar(share: float) -> str:
    percent = round(100 * min(1.0, max(0.0, share)), 1)
    return f'<div class="track" role="img" aria-label="{percent} %"><i style="width:{percent}%"></i></div>'


def _line(one: Judged) -> str:
    link = f'<a href="{_address(one)}">{escape(one.case)}</a>'
    return f"<tr><td>{escape(one.suite)}</td><td>{link}</td><td>{escape(one.asked)}</td><td>{escape(_wrong(one))}</td></tr>"


def _case(one: Judged) -> Iterator[str]:
    yield f'<p class="quiet">{escape(f"{one.maker}, {one.split}, {one.language}, {one.kind}")} · <a href="../index.html">all</a></p>'
    results = ", ".join(f"{name} {value:.3g}" for name, value in one.results.items())
    told = {"Asked": one.asked, "Wrong": _wrong(one), "Results": results, "Answer": one.text}
    yield "<dl>" + "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in told.items() if text) + "</dl>"
    if one.path:
        yield "<h2>The way of the question</h2><ol>"
        yield from (f"<li>{escape(step)}</li>" for step in one.path)
        yield "</ol>"


def _wrong(one: Judged) -> str:
    return ", ".join([*one.wrong, *([one.error] if one.error else [])])


def _address(one: Judged) -> str:
    return f"cases/{re.sub(r'[^A-Za-z0-9_.-]', '_', f'{one.suite}-{one.maker}-{one.case}')}.html"
