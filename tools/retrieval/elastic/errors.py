"""What Elasticsearch's refusals mean, as errors that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from elastic_transport import ConnectionTimeout, SerializationError, TlsError, TransportError
from elasticsearch import ApiError, UnsupportedProductError

from stylegraph.agent.errors import IndexStoreError
from stylegraph.agent.retries import asked_pause


class ClusterUnreachableError(IndexStoreError):
    """Nothing answers where the cluster should be, or not in time."""


class ClusterBusyError(IndexStoreError):
    """The cluster has too much to do; later it may not."""

    pause: float | None = None
    """Seconds that it asks to wait, if it does."""


class IndexBlockedError(IndexStoreError):
    """The index takes no writes, because it is being rebuilt."""


class IndexGoneError(IndexStoreError):
    """The index is not in the cluster any more."""


class IndexUnavailableError(IndexStoreError):
    """The index is in the cluster, and can't be reached there at the moment."""


_AUTHORITY = (
    "Name the authority that signed it in STYLEGRAPH_ELASTICSEARCH_CA, or the certificate's own fingerprint in "
    "STYLEGRAPH_ELASTICSEARCH_FINGERPRINT."
)
_SLOW = "See whether the cluster is overloaded, or allow more with STYLEGRAPH_ELASTICSEARCH_TIMEOUT."
_UNAVAILABLE = (
    IndexUnavailableError,
    "The index {index} is not available in Elasticsearch at {where} at the moment.",
    "See what its cluster health says.",
)
_STATUSES: dict[int, tuple[type[IndexStoreError], str, str]] = {
    401: (
        IndexStoreError,
        "Elasticsearch at {where} does not accept the credentials.",
        "Correct STYLEGRAPH_ELASTICSEARCH_API_KEY, or STYLEGRAPH_ELASTICSEARCH_USER and _PASSWORD.",
    ),
    403: (
        IndexStoreError,
        "These credentials may not use the index {index} of Elasticsearch at {where}.",
        "Give them the privileges `read`, `write` and `manage` for the indexes of this prefix.",
    ),
    404: (
        IndexGoneError,
        "The index {index} is not in Elasticsearch at {where} any more.",
        "Index its sources again.",
    ),
    429: (ClusterBusyError, "Elasticsearch at {where} has too much to do.", "Try again in a moment."),
    502: _UNAVAILABLE,
    503: _UNAVAILABLE,
    504: _UNAVAILABLE,
}


def explanation(index: str, where: str, error: ApiError | TransportError | TimeoutError) -> IndexStoreError:
    """Return what a failed request means.

    Args:
        index: The index's name, as the user knows it.
        where: The cluster's address, without secrets.
        error: What the client raised.
    """
    if isinstance(error, ApiError):
        refused = refusal(index, where, error.meta.status, error.body)
        if isinstance(refused, ClusterBusyError):
            refused.pause = asked_pause(error.meta.headers)
        return refused
    if isinstance(error, TimeoutError | ConnectionTimeout):
        return ClusterUnreachableError(f"Elasticsearch at {where} did not answer in time.", _SLOW)
    if isinstance(error, TlsError) or "FingerprintMismatch" in str(error):
        return IndexStoreError(f"The certificate of Elasticsearch at {where} is not trusted.", _AUTHORITY)
    if isinstance(error, UnsupportedProductError | SerializationError):
        said, remedy = f"What answers at {where} is not Elasticsearch.", "Correct STYLEGRAPH_ELASTICSEARCH_URL."
        return IndexStoreError(said, remedy)
    return ClusterUnreachableError(
        f"Elasticsearch at {where} can't be reached.", "Start it, or correct STYLEGRAPH_ELASTICSEARCH_URL."
    )


def refusal(index: str, where: str, status: int, body: object) -> IndexStoreError:
    """Return what an error in a response means.

    Args:
        index: The index's name, as the user knows it.
        where: The cluster's address.
        status: The HTTP status, of the response or of one item in it.
        body: The response, or the item's error.
    """
    kind, reason = type_and_reason(body)
    if kind == "cluster_block_exception" and status != 503:
        return _blocked(index, reason)
    if kind == "index_closed_exception":
        status = 503
    if status in _STATUSES:
        error, said, remedy = _STATUSES[status]
        return error(said.format(index=index, where=where), remedy)
    return IndexStoreError(
        f"Elasticsearch at {where} refuses a request for the index {index} ({kind}: {reason[:300]}).",
        f"If others have changed its mapping, run `stylegraph index rebuild {index}`.",
    )


def _blocked(index: str, reason: str) -> IndexStoreError:
    if "/8/" in reason:
        return IndexBlockedError(
            f"The index {index} is being rebuilt, and waits with changes until that is done.",
            f"Try again soon; if a rebuild was interrupted, finish it: `stylegraph index rebuild {index}`.",
        )
    if "/12/" in reason:
        return IndexStoreError(
            f"Elasticsearch's disk is nearly full, so the index {index} takes no more.",
            "Free some space on the cluster; what is indexed is kept and can be searched.",
        )
    return IndexStoreError(
        f"The index {index} is read-only in Elasticsearch ({reason[:200]}).",
        "Remove its block: PUT INDEX/_settings with index.blocks.* null.",
    )


def type_and_reason(body: object) -> tuple[str, str]:
    """Return type and reason of the innermost cause that Elasticsearch names."""
    error: Any = body.get("error", body) if isinstance(body, Mapping) else body
    if not isinstance(error, Mapping):
        return "error", str(error)
    causes = error.get("root_cause") or [error]
    cause = causes[0] if isinstance(causes[0], Mapping) else error
    return str(cause.get("type", "error")), str(cause.get("reason", ""))
