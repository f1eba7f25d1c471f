"""Every setting, once, in sections: read from the environment and from `.env`."""

from stylegraph.agent.settings.loading import load_settings
from stylegraph.agent.settings.models import Price, provider_of
from stylegraph.agent.settings.settings import (
    SECTIONS,
    GivenSettings,
    Settings,
    strange_variables,
    unknown_name,
    variables,
    variables_of,
)

__all__ = [
    "SECTIONS",
    "GivenSettings",
    "Price",
    "Settings",
    "load_settings",
    "provider_of",
    "strange_variables",
    "unknown_name",
    "variables",
    "variables_of",
]
