"""Where everything lies, and how an assistant behaves."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field

from stylegraph.agent.settings.names import Names
from stylegraph.agent.state import Effort


class GeneralSettings(BaseModel):
    """Where everything lies, and how an assistant behaves."""

    home: Path = Field(default=Path(".stylegraph"), description="Folder for indexes, threads and the profile.")
    sources: Names = Field(default=[], description="Installed packs whose sources are asked as well: orders,calendar.")
    packs: Names = Field(default=[], description="Installed packs that are opened as well: boardgames.")
    samples: bool = Field(default=True, description="Index the sample knowledge when there is no index yet.")
    profile: bool = Field(
        default=True,
        description="Learn what a person says they like, and let it count; false: nothing is learned or used.",
    )
    effort: Effort = Field(default="standard", description="How hard a turn tries: quick, standard or thorough.")

    @property
    def indexes(self) -> Path:
        """Folder of the knowledge indexes, one file each."""
        return self.home / "indexes"

    @property
    def pictures(self) -> Path:
        """Folder of the pictures that conversations refer to."""
        return self.home / "pictures"

    @property
    def uploads(self) -> Path:
        """Folder of the files that the server's users uploaded."""
        return self.home / "uploads"

    @property
    def threads(self) -> Path:
        """The file that holds conversations."""
        return self.home / "threads.sqlite"

    @property
    def people(self) -> Path:
        """The file that holds profiles."""
        return self.home / "people.sqlite"
