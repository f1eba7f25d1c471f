"""The one runtime that is patched here, told by its version and by what is reached into.

What stands in a private place of somebody else's library may change with any release, and a patch that no longer fits
would leave the server open again without a word. So the extra `serve` pins both packages, and a server looks before it
starts whether each thing that is reached into is there and is called as it was.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from functools import reduce
from importlib.metadata import version

from stylegraph.agent.errors import SettingsError

_PACKAGES = ("langgraph-runtime-inmem", "langgraph-api")
REACHED: Mapping[str, str | None] = {
    "langgraph_runtime_inmem.ops:Runs.put": "conn assistant_id kwargs thread_id user_id run_id status metadata "
    "prevent_insert_if_inflight multitask_strategy if_not_exists after_seconds ctx langsmith_session_name",
    "langgraph_runtime_inmem.ops:Runs.next": "wait limit",
    "langgraph_runtime_inmem.ops:RUN_LOCK": None,
    "langgraph_runtime_inmem.ops:Threads.get": "conn thread_id ctx include_ttl read_mask_paths",
    "langgraph_runtime_inmem.ops:Threads.delete": "conn thread_id ctx",
    "langgraph_runtime_inmem.ops:Threads.patch": "conn thread_id metadata ttl ctx read_mask_paths",
    "langgraph_runtime_inmem.ops:Threads.put": "conn thread_id metadata if_exists ttl ctx",
    "langgraph_runtime_inmem.ops:Threads.copy": "conn thread_id ctx",
    "langgraph_runtime_inmem.ops:Threads.set_status": "conn thread_id checkpoint exception",
    "langgraph_runtime_inmem.ops:Threads.set_joint_status": "conn thread_id run_id run_status graph_id checkpoint exception",
    "langgraph_runtime_inmem.database:connect": "supports_core_api __test__",
    "langgraph_runtime_inmem.database:GLOBAL_STORE": None,
    "langgraph_runtime_inmem.database:GLOBAL_RETRY_COUNTER._counters": None,
    "langgraph_runtime_inmem.database:GLOBAL_RETRY_COUNTER._locks": None,
    "langgraph_runtime_inmem.database:GLOBAL_RETRY_COUNTER.increment": "run_id",
    "langgraph_runtime_inmem.inmem_stream:get_stream_manager": "",
    "langgraph_runtime_inmem.inmem_stream:StreamManager.put": "self run_id thread_id message resumable",
    "langgraph_runtime_inmem.inmem_stream:Message": "topic data id reason",
    "langgraph_api._checkpointer:get_checkpointer": "conn unpack_hook use_direct_connection",
    "langgraph_api.store:get_store": "",
    "langgraph_api.graph:get_assistant_id": "assistant_id",
    "langgraph_api.auth.custom:normalize_user": "user",
    "langgraph_api.utils:with_user": "user auth",
    "langgraph_api.utils:get_auth_ctx": "",
}
"""What is reached into: module and name, and for what is called the names of its parameters."""


def check_runtime(reached: Mapping[str, str | None] = REACHED) -> None:
    """Check that everything that is reached into is there, and is called as it was.

    Raises:
        SettingsError: It is not; says what, and which versions are needed.
    """
    if changed := [place for place, parameters in reached.items() if not _is_as_it_was(place, parameters)]:
        installed = ", ".join(f"{package} {version(package)}" for package in _PACKAGES)
        raise SettingsError(
            f"The server can't run on {installed}: {', '.join(changed)} is not as stylegraph knows it.",
            "Install the versions that it was made for: pip install --upgrade 'stylegraph[serve]'",
        )


def _is_as_it_was(place: str, parameters: str | None) -> bool:
    module, _, name = place.partition(":")
    try:
        found = reduce(getattr, name.split("."), importlib.import_module(module))
        return parameters is None or list(inspect.signature(found).parameters) == parameters.split()  # type: ignore[arg-type]
    except (ImportError, AttributeError, TypeError, ValueError):
        return False
