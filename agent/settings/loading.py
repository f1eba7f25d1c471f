"""Settings read, and what is wrong with them said plainly."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError as SettingsSourceError

from stylegraph.agent.errors import SettingsError
from stylegraph.agent.regular_files import require_regular
from stylegraph.agent.settings.settings import ENV_FILE, PREFIX, Settings

_ALIASES = ("STYLEGRAPH_OPENAI_API_KEY", "OPENAI_API_KEY", "STYLEGRAPH_TAVILY_API_KEY", "TAVILY_API_KEY")


def load_settings(kind: type[Settings] = Settings, /, **overrides: Any) -> Settings:  # noqa: ANN401 - pydantic checks them
    """Read the settings.

    Args:
        kind: The class that reads them.
        overrides: Settings that win over the environment.

    Raises:
        SettingsError: A value can't be used, or a name is none of a setting; says which and why.
    """
    try:
        if "_env_file" not in overrides:
            _check_env_file(ENV_FILE)
        return kind(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        raise _unusable("_".join(str(part) for part in first["loc"]), first["msg"]) from None
    except SettingsSourceError as error:
        field = next(iter(re.findall(r'"(\w+)"', str(error))), "")
        raise _unusable(field, "it is not valid JSON") from None


def _unusable(name: str, why: str) -> SettingsError:
    variable = name.upper() if name.upper() in _ALIASES else f"{PREFIX}{name}".upper()
    return SettingsError(f"{variable} can't be used: {why}.", "Correct it in the environment or in .env.")


def _check_env_file(path: Path) -> None:
    """Read a file of settings once, so that what is wrong with it is said plainly.

    Raises:
        SettingsError: It is no file, or not UTF-8.
    """
    if not path.exists() or path.is_dir():
        return
    try:
        require_regular(path)
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{path} can't be read: {error.strerror}.", "Make it a file that you may read.") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from None
    if "\0" in text:
        raise SettingsError(f"{path} is no text, or not UTF-8.", "Save it as UTF-8.")
