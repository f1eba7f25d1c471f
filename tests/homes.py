"""A home in which the samples are indexed already: made once a session, by the first worker that needs it, then copied."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PLACE = "TESTS_PREPARED_HOME"
"""The variable that names the folder of a session to its workers."""


def begin() -> bool:
    """Name the session's folder, unless the process that began the session has; say whether it was done here."""
    if PLACE in os.environ:
        return False
    os.environ[PLACE] = tempfile.mkdtemp(prefix="stylegraph-prepared-")
    return True


def end() -> None:
    """Remove the session's folder."""
    shutil.rmtree(os.environ.pop(PLACE), ignore_errors=True)


def with_catalogue(home: Path) -> Path:
    """Return a home where the sample catalogue is indexed, as the first start would have left it."""
    shutil.copytree(_prepared() / "catalogues", home / "catalogues", dirs_exist_ok=True)
    return home


def with_samples(home: Path) -> Path:
    """Return a home where the sample knowledge is indexed as well."""
    shutil.copytree(_prepared() / "indexes", home / "indexes", dirs_exist_ok=True)
    return with_catalogue(home)


def _prepared() -> Path:
    folder = Path(os.environ[PLACE])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "home").exists():
            with ThreadPoolExecutor(1) as apart:  # a test's loop may be running here
                apart.submit(asyncio.run, _open(folder / "making")).result()
            (folder / "making").rename(folder / "home")
    return folder / "home"


async def _open(home: Path) -> None:
    from stylegraph.agent.settings import Settings
    from stylegraph.graphs.build import open_assistant

    nobodys = {"openai_api_key": None, "base_url": None, "tavily_api_key": None, "elasticsearch_url": None}
    async with open_assistant(Settings(_env_file=None, home=home, catalogue=None, embedding_model=None, **nobodys)):
        pass
