"""A request as an operation of an OpenAPI document names it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urljoin

from stylegraph.agent.errors import InputError
from stylegraph.tools.ingestion.remote.pointer import MISSING, at


class Request(NamedTuple):
    """What is asked for, and how the secret travels."""

    url: str
    header: str = "Authorization"
    prefix: str = "Bearer "


def find_request(document: Any, base: str, operation: str, params: Mapping[str, str]) -> Request:  # noqa: ANN401
    """Return the request of an operation.

    Args:
        document: An OpenAPI 3 document.
        base: Its address: the server's may be relative to it.
        operation: An `operationId`; it must be a GET.
        params: Parameters by name.

    Raises:
        InputError: There is no such operation, or a parameter is missing or unknown.
    """
    path, shared, found = _operation(document, operation)
    declared = {
        (one.get("in"), one.get("name")): bool(one.get("required"))
        for one in _resolved(document, [*shared, *found.get("parameters", [])])
    }
    _check(operation, declared, params)
    for name, value in params.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    query = {name: value for name, value in params.items() if ("query", name) in declared}
    url = urljoin(base, _server(document).rstrip("/") + path)
    return Request(f"{url}?{urlencode(query)}" if query else url, *_credentials(document, found))


def _operation(document: Any, operation: str) -> tuple[str, list[Any], Mapping[str, Any]]:  # noqa: ANN401
    paths = at(document, "/paths")
    ids = []
    for path, item in paths.items() if isinstance(paths, Mapping) else ():
        get = item.get("get") if isinstance(item, Mapping) else None
        if isinstance(get, Mapping):
            ids.append(str(get.get("operationId", "")))
            if ids[-1] == operation:
                return path, item.get("parameters", []), get
    there = ", ".join(filter(None, ids[:20])) or "none"
    raise InputError(f"has no operation {operation!r} that is a GET", f"Those there are: {there}.")


def _resolved(document: Any, parameters: list[Any]) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401
    for one in parameters:
        found = at(document, one["$ref"].removeprefix("#")) if isinstance(one, Mapping) and "$ref" in one else one
        if isinstance(found, Mapping):
            yield found


def _check(operation: str, declared: Mapping[tuple[Any, Any], bool], params: Mapping[str, str]) -> None:
    known = {name for place, name in declared if place in ("query", "path")}
    if unknown := [name for name in params if name not in known]:
        raise InputError(
            f"has no parameter {unknown[0]!r} for {operation}", f"There are: {', '.join(sorted(known)) or 'none'}."
        )
    needed = [name for (place, name), required in declared.items() if (required or place == "path") and name in known]
    if missing := [name for name in needed if name not in params]:
        raise InputError(f"needs {', '.join(missing)} for {operation}", "Give it in `params`.")


def _server(document: Any) -> str:  # noqa: ANN401
    """Return the first server's address, its variables at their defaults."""
    server = at(document, "/servers/0")
    if server is MISSING or not isinstance(server, Mapping):
        return "/"
    variables = server.get("variables", {})
    return re.sub(r"\{(\w+)\}", lambda name: str(at(variables, f"/{name[1]}/default")), str(server.get("url", "/")))


def _credentials(document: Any, found: Mapping[str, Any]) -> tuple[str, str]:  # noqa: ANN401
    """Return the header of the first security scheme that is asked for, and what stands before the secret."""
    asked = found.get("security") or at(document, "/security")
    names = [name for one in asked if isinstance(one, Mapping) for name in one] if isinstance(asked, list) else []
    for name in names:
        scheme = at(document, f"/components/securitySchemes/{name}")
        if isinstance(scheme, Mapping) and (scheme.get("type"), scheme.get("in")) == ("apiKey", "header"):
            return str(scheme.get("name")), ""
    return "Authorization", "Bearer "
