"""What the readers and the fetcher say went wrong has a kind that a front-end can put into its own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from stylegraph.agent.errors import FetchError
from stylegraph.graphs.server.deployed.troubles import kind_of
from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.formats.record import Failure
from stylegraph.tools.net.addresses import require_public
from stylegraph.tools.net.fetch import canonical


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "locked"),
        ("broken.pdf", b"%PDF-1.7 and nothing", "unreadable"),
        ("nothing.md", b"", "empty"),
        ("blank.md", b"  \n", "empty"),
        ("program.md", bytes(range(256)), "format"),
        ("long.md", b"word " * 400, "large"),
    ],
)
def test_what_a_reader_says_of_a_file_has_a_kind(name: str, content: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    (failure,) = FileReading(path, 1_900)
    assert isinstance(failure, Failure)
    assert kind_of(failure.reason) == kind, failure.reason


@pytest.mark.parametrize("address", ["ftp://example.com/a", "https://kim:secret@example.com/", "nothing"])
def test_what_is_no_address_is_told_as_one(address: str) -> None:
    with pytest.raises(FetchError) as refused:
        canonical(address)
    assert kind_of(str(refused.value)) == "address"


def test_a_host_inside_the_network_is_told_as_an_address_that_is_not_there() -> None:
    with pytest.raises(FetchError) as refused:
        require_public("intranet", ["10.0.0.1"])
    assert kind_of(refused.value.message) == "address"


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("https://example.com/a answered 403.", "refused"),
        ("https://example.com/a answered 404.", "address"),
        ("https://example.com/a took longer than 20 seconds.", "slow"),
        ("can't be read within 120 s", "slow"),
        ("holds scanned pages without text", "scanned"),
        ("something that nobody has said yet", "unreadable"),
    ],
)
def test_what_takes_a_network_or_a_scanner_has_a_kind(reason: str, kind: str) -> None:
    assert kind_of(reason) == kind
