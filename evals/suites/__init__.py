"""The suites, by name. Each is a module with a `SUITE`; none is imported before it is asked for."""

from __future__ import annotations

import importlib

from stylegraph.agent.errors import InputError
from stylegraph.evals.harness.suite import AnySuite

NAMES = (
    "routes",
    "domains",
    "newcomers",
    "documents",
    "wishes",
    "outfits",
    "fashion",
    "styling",
    "pictures",
    "conversations",
    "simulated",
    "unanswerable",
    "web",
    "cluster",
    "embeddings",
    "budgets",
    "outages",
    "turns",
    "attacks",
    "agents",
    "react",
    "support",
    "judge",
)


def suite(name: str) -> AnySuite:
    """Return a suite.

    Raises:
        InputError: There is none of that name.
    """
    if name not in NAMES:
        raise InputError(f"There is no suite {name!r}.", f"Choose from: {', '.join(NAMES)}.")
    found: AnySuite = importlib.import_module(f"{__name__}.{name}").SUITE
    return found
