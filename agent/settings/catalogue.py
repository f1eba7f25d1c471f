"""The catalogue that is recommended from, and its money."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from stylegraph.agent.settings.general import GeneralSettings


class CatalogueSettings(GeneralSettings):
    """The catalogue that is recommended from, and its money."""

    catalogue: Path | None = Field(
        default=None,
        description="Catalogue (CSV, JSONL or parquet), in the place of imported ones; unset: what was imported, "
        "else the sample catalogue.",
    )
    catalogue_currency: str | None = Field(
        default=None,
        pattern="^[A-Z]{3}$",
        description="What prices in STYLEGRAPH_CATALOGUE are in (ISO 4217, such as USD), where nothing in the file says it; unset: "
        "won. For imported ones: stylegraph catalogue import --currency.",
    )
    exchange_rates: dict[str, Annotated[float, Field(gt=0)]] = Field(
        default={},
        description='What one unit of a currency is in won, as JSON: {"USD": 1400}. Amounts in another currency than the '
        "catalogue's are compared with its prices at these rates only; without one, the reply says that it can't.",
    )

    @property
    def imported(self) -> Path:
        """The index of the imported catalogues; there once something was imported."""
        return self.home / "catalogue" / "items.sqlite"

    @property
    def catalogue_in_use(self) -> Path | None:
        """The catalogue that is recommended from: the one that is set, else the imported ones; None: the sample."""
        return self.catalogue or (self.imported if self.imported.is_file() else None)
