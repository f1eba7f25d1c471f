"""An index's name in Elasticsearch is an alias; behind it stands the current one of its versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from elasticsearch import BadRequestError

from stylegraph.agent.errors import IndexStoreError
from stylegraph.agent.protocols import Embedder
from stylegraph.tools.retrieval.elastic import mapping, plain
from stylegraph.tools.retrieval.elastic.cluster import Cluster
from stylegraph.tools.retrieval.elastic.errors import IndexGoneError, type_and_reason
from stylegraph.tools.retrieval.sqlite.store import mismatch

_MARK = "@"
"""Between an alias and the number of a version; no alias has it."""


@dataclass(frozen=True)
class Version:
    """One version of an index, as it was made."""

    index: str
    """Its own name in the cluster."""
    alias: str
    name: str
    """As the user knows it."""
    schema: int
    embedding: str
    dimension: int
    nori: bool
    plain: bool = True
    """Whether it has the fields that other tools read."""

    @property
    def number(self) -> int:
        """Which one it is, from 1."""
        return number_of(self.index)


def alias_of(cluster: Cluster, name: str) -> str:
    """Return an index's name in the cluster. Elasticsearch allows no upper case, so such a name gets a digest."""
    plain = name.lower()
    if plain != name:
        plain += f"-{blake2b(name.encode(), digest_size=4).hexdigest()}"
    return f"{cluster.prefix}-{plain}"


def number_of(index: str) -> int:
    """Return the number of a version, by its own name."""
    return int(index.rpartition(_MARK)[2])


async def listed(cluster: Cluster) -> dict[str, Version | IndexStoreError]:
    """Return every index's current version, or why it has none; by name, as the user knows it."""
    answer = await cluster.client.indices.get(index=f"{cluster.prefix}-*", features=["aliases", "mappings"])
    found: dict[str, Version | IndexStoreError] = {}
    for index, description in answer.body.items():
        version = _version(index, description)
        if version is None or version.alias != alias_of(cluster, version.name):
            continue
        if version.alias in description.get("aliases", {}):
            found[version.name] = version
        else:
            found.setdefault(version.name, unnamed(cluster, version.name, index))
    return found


async def current(cluster: Cluster, name: str) -> Version | None:
    """Return the version that an index's alias names, or None if there is no such index.

    Raises:
        IndexStoreError: What has the name is no index of stylegraph, or its alias was taken away.
    """
    alias, there = alias_of(cluster, name), await _there(cluster, name)
    named = [index for index, description in there.items() if index == alias or alias in description["aliases"]]
    if not there:
        return None
    if not named:
        raise unnamed(cluster, name, next(iter(there)))
    version = _version(named[0], there[named[0]])
    if version is None or len(named) > 1:
        raise IndexStoreError(
            f"{alias} in Elasticsearch at {cluster.where} was not made by stylegraph.",
            "Remove it, or set another STYLEGRAPH_ELASTICSEARCH_PREFIX.",
        )
    return version


async def others(cluster: Cluster, version: Version) -> list[Version]:
    """Return the other versions of an index: one that is being made, or ones that were left behind."""
    there = await _there(cluster, version.name)
    found = (_version(index, description) for index, description in there.items() if index != version.index)
    return [other for other in found if other is not None]


def unnamed(cluster: Cluster, name: str, index: str) -> IndexStoreError:
    """Return the error for an index whose alias was taken away."""
    return IndexStoreError(
        f"The index {name} has lost its alias in Elasticsearch at {cluster.where}.",
        f"Give it back: PUT {index}/_alias/{alias_of(cluster, name)}; or delete {index}.",
    )


def check(version: Version, embedder: Embedder) -> Version:
    """Return the version back if it can be used with an embedding.

    Raises:
        EmbeddingMismatchError: It was made with another embedding.
        IndexStoreError: It was made by another version of stylegraph.
    """
    if version.schema != mapping.SCHEMA:
        raise IndexStoreError(
            f"The index {version.name} was made by another version of stylegraph.",
            f"Run `stylegraph index rebuild {version.name}`.",
        )
    if version.embedding == embedder.name and embedder.dimension in (0, version.dimension):
        return version
    made_with, now = (version.embedding, version.dimension), (embedder.name, embedder.dimension)
    raise mismatch(version.name, made_with, now)


async def opened(cluster: Cluster, name: str, embedder: Embedder) -> Version:
    """Return the current version of an index, made empty if there is none; one made before other tools' fields gets them.

    Raises:
        EmbeddingMismatchError: It was made with another embedding.
        IndexStoreError: It can't be used, or not be made.
    """
    found = await current(cluster, name)
    if found is None:
        await make(cluster, name, 1, embedder, alias=True)
        found = await current(cluster, name)
    if found is None:
        raise IndexGoneError(f"The index {name} was removed while it was made.", "Try again.")
    check(found, embedder)
    if not found.plain:
        await cluster.client.indices.put_mapping(index=found.index, properties=plain.FIELDS)
        found = replace(found, plain=True)
    return found


async def make(cluster: Cluster, name: str, number: int, embedder: Embedder, *, alias: bool) -> str:
    """Make an empty version unless it is there, with nori's field if the cluster knows nori; give its own name."""
    index = f"{alias_of(cluster, name)}{_MARK}{number}"
    aliases = {alias_of(cluster, name): {"is_write_index": True}} if alias else {}
    for nori in (True, False):
        try:
            await cluster.client.indices.create(
                index=index,
                mappings=mapping.mapping(name, embedder.name, embedder.dimension, nori=nori),
                settings=mapping.settings(cluster.settings.elasticsearch_shards, nori=nori),
                aliases=aliases,
            )
            break
        except BadRequestError as error:
            kind, reason = type_and_reason(error.body)
            if kind == "resource_already_exists_exception":
                break
            if not (nori and "nori" in reason):
                raise
    return index


async def swap(cluster: Cluster, old: str, new: str, alias: str) -> None:
    """Let an alias name another version, in one step."""
    await cluster.client.indices.update_aliases(
        actions=[
            {"remove": {"index": old, "alias": alias, "must_exist": True}},
            {"add": {"index": new, "alias": alias, "is_write_index": True}},
        ]
    )


async def _there(cluster: Cluster, name: str) -> Mapping[str, Any]:
    """Return all that has an index's name or is a version of it, by their own names."""
    alias = alias_of(cluster, name)
    answer = await cluster.client.options(ignore_status=404).indices.get(
        index=[alias, f"{alias}{_MARK}*"], ignore_unavailable=True, features=["aliases", "mappings"]
    )
    found: Mapping[str, Any] = answer.body if answer.meta.status == 200 else {}
    return found


def _version(index: str, description: Mapping[str, Any]) -> Version | None:
    meta = mapping.described(description)
    alias, mark, number = index.rpartition(_MARK)
    if meta is None or not mark or not number.isdecimal():
        return None
    return Version(
        index=index,
        alias=alias,
        name=meta["name"],
        schema=meta["schema"],
        embedding=meta["embedding"],
        dimension=meta["dimension"],
        nori=mapping.has_nori(description),
        plain=plain.has_fields(description),
    )
