"""`stylegraph graph`: drawn from the code."""

from __future__ import annotations

from PIL import Image

NODES = {"begin", "agent", "retrieve", "ask_back", "grade", "remember"}


def test_mermaid_goes_to_standard_output_whole(cli, scripted):
    shown = cli("graph").stdout
    assert "graph TD;" in shown
    assert all(f"\t{node}({node})" in shown for node in NODES)
    assert "\tagent -.-> retrieve;" in shown


def test_with_json_nodes_and_edges_are_data(cli, scripted):
    [record] = cli("graph", "--json").records
    assert set(record["nodes"]) > NODES
    assert ["retrieve", "agent"] in record["edges"]
    assert record["files"] == []


def test_files_are_written_where_they_are_wanted(cli, scripted, tmp_path):
    result = cli("graph", "--png", tmp_path / "g.png", "--mermaid", tmp_path / "g.mmd", "--json")
    assert result.records[0]["files"] == [str(tmp_path / "g.mmd"), str(tmp_path / "g.png")]
    assert (tmp_path / "g.mmd").read_text() == result.records[0]["mermaid"]
    with Image.open(tmp_path / "g.png") as picture:
        assert picture.format == "PNG"
        assert picture.height > 600


def test_a_folder_that_is_not_there_is_an_error_without_a_traceback(cli, scripted, tmp_path):
    result = cli("graph", "--png", tmp_path / "missing" / "g.png")
    assert result.exit_code == 1
    assert "missing/g.png" in result.stderr.replace("\n", "")
    assert "Traceback" not in result.stderr
