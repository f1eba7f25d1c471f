"""How documents and pages are read."""

from __future__ import annotations

from pydantic import BaseModel, Field

from stylegraph.agent.settings.names import Names


class DocumentSettings(BaseModel):
    """How documents and pages are read."""

    chunk_size: int = Field(default=800, ge=50, le=20_000, description="Longest chunk, in characters.")
    chunk_overlap: int = Field(default=100, ge=0, description="Characters that neighbouring chunks share.")
    document_max_bytes: int = Field(default=50_000_000, ge=1, description="Largest file or page that is indexed.")
    ocr: bool = Field(
        default=False,
        description="Read scanned pages of PDFs by Tesseract, which has to be installed; 2 seconds a page.",
    )
    fetch_timeout: float = Field(default=20.0, gt=0, description="Seconds for fetching one URL, redirects included.")
    fetch_max_bytes: int = Field(default=10_000_000, ge=1, description="Largest response that is read from a URL.")
    fetch_allow_hosts: Names = Field(
        default=[], description="Hosts that may be fetched although their address is private: wiki.local,docs.local."
    )
