"""What the refusals of an attached index's cluster mean."""

from __future__ import annotations

from stylegraph.agent.errors import IndexStoreError
from stylegraph.tools.retrieval.elastic.errors import IndexGoneError


def explained(error: IndexStoreError, name: str, index: str) -> IndexStoreError:
    """Return what an error means for an index that is attached."""
    if isinstance(error, IndexGoneError):
        said = f"{index}, attached as {name}, is not in Elasticsearch any more."
        return IndexStoreError(said, f"If it is gone for good: stylegraph index detach {name}.")
    if "may not use the index" in error.message:
        return IndexStoreError(error.message, "Give them the privilege `read` for it.")
    if "refuses a request" in error.message:
        remedy = f"If its mapping has changed, attach it again: stylegraph index attach URL/{index} --text FIELD."
        return IndexStoreError(error.message, remedy)
    return error
