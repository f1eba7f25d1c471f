"""An assistant that looks things up before it answers, as a LangGraph library.

What stands in `__all__` is public, and nothing else is. A name is loaded when it is first used: `import stylegraph` by
itself loads neither langgraph nor pydantic.

Example:
    >>> from stylegraph import ask, open_assistant
    >>> async with open_assistant() as assistant:  # doctest: +SKIP
    ...     reply = await ask(assistant, "흰 셔츠에 묻은 커피 얼룩 어떻게 지워?")
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stylegraph.agent.errors import (
        CatalogueError,
        EmbeddingError,
        EmbeddingMismatchError,
        FetchError,
        IndexStoreError,
        InputError,
        KeepingError,
        MissingExtraError,
        ModelError,
        SettingsError,
        SourceError,
        StylegraphError,
        TurnInterruptedError,
    )
    from stylegraph.agent.evidence import Evidence, EvidenceSource, Gathered, Note, SourceTask, make_evidence
    from stylegraph.agent.local.router.clarification import Clarification
    from stylegraph.agent.protocols import Agent, Grader, Reranker, Router, Viewer
    from stylegraph.agent.reply import Citation, Reply, Status
    from stylegraph.agent.settings import Settings
    from stylegraph.graphs.adapters import as_tool, from_loader, from_mcp, from_retriever, from_tool
    from stylegraph.graphs.api import SyncAssistant, ask, give_feedback, stream
    from stylegraph.graphs.build import build_graph, open_assistant, open_sync
    from stylegraph.tools.decisions.local import LocalDecisions
    from stylegraph.tools.image.turn import open_pictures
    from stylegraph.tools.pack import Pack

    __version__: str

__all__ = [
    # open it, and ask
    "SyncAssistant",
    "ask",
    "build_graph",
    "give_feedback",
    "open_assistant",
    "open_sync",
    "stream",
    # what comes back
    "Citation",
    "Note",
    "Reply",
    "Status",
    # bring a source, or be a tool
    "Evidence",
    "EvidenceSource",
    "Gathered",
    "SourceTask",
    "as_tool",
    "from_loader",
    "from_mcp",
    "from_retriever",
    "from_tool",
    "make_evidence",
    # bring a domain
    "Clarification",
    "Pack",
    "Viewer",
    "open_pictures",
    # bring a decision
    "Agent",
    "Grader",
    "LocalDecisions",
    "Reranker",
    "Router",
    # set it up
    "Settings",
    "__version__",
    # what can go wrong
    "CatalogueError",
    "EmbeddingError",
    "EmbeddingMismatchError",
    "FetchError",
    "IndexStoreError",
    "InputError",
    "KeepingError",
    "MissingExtraError",
    "ModelError",
    "SettingsError",
    "SourceError",
    "StylegraphError",
    "TurnInterruptedError",
]

_MODULES = {
    "agent.errors": (
        "CatalogueError",
        "EmbeddingError",
        "EmbeddingMismatchError",
        "FetchError",
        "IndexStoreError",
        "InputError",
        "KeepingError",
        "MissingExtraError",
        "ModelError",
        "SettingsError",
        "SourceError",
        "StylegraphError",
        "TurnInterruptedError",
    ),
    "agent.evidence": ("Evidence", "EvidenceSource", "Gathered", "Note", "SourceTask", "make_evidence"),
    "agent.local.router.clarification": ("Clarification",),
    "agent.protocols": ("Agent", "Grader", "Reranker", "Router", "Viewer"),
    "agent.reply": ("Citation", "Reply", "Status"),
    "agent.settings": ("Settings",),
    "graphs.adapters": ("as_tool", "from_loader", "from_mcp", "from_retriever", "from_tool"),
    "graphs.api": ("SyncAssistant", "ask", "give_feedback", "stream"),
    "graphs.build": ("build_graph", "open_assistant", "open_sync"),
    "tools.decisions.local": ("LocalDecisions",),
    "tools.image.turn": ("open_pictures",),
    "tools.pack": ("Pack",),
}
_HOMES = {name: f"{__name__}.{module}" for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used; from then on it says that it is `stylegraph`'s."""
    if name == "__version__":
        value: object = _import_module("importlib.metadata").version(__name__)
    elif name in _HOMES:
        value = getattr(_import_module(_HOMES[name]), name)
        value.__module__ = __name__  # for tracebacks, docs and pickles: they show and find what is public
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
