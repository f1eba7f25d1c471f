"""Pictures that come with questions."""

from __future__ import annotations

from pydantic import BaseModel, Field


class PictureSettings(BaseModel):
    """Pictures that come with questions."""

    picture_max_bytes: int = Field(default=20_000_000, ge=1, description="Largest picture file that is opened.")
    picture_max_pixels: int = Field(
        default=50_000_000, ge=256, description="Largest picture that is unpacked, in pixels."
    )
    picture_keep_days: float = Field(
        default=30.0, gt=0, description="Days that a picture is kept after it was last used."
    )
    picture_keep_bytes: int = Field(
        default=500_000_000, ge=0, description="Room for kept pictures; the oldest go first."
    )
