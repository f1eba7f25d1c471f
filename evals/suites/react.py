"""The conversations of `agents` with langchain's plain ReAct agent over the same sources, replayed: what ours is measured against."""

from __future__ import annotations

from stylegraph.evals.suites.agents import suite_of

SUITE = suite_of("react")
