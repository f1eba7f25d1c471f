"""`stylegraph search`."""

from __future__ import annotations

import json

import pytest

ROWS = [
    {"id": "wool", "title": "울 세탁", "text": "울 스웨터는 찬물에 중성 세제로 손세탁해요."},
    {"id": "silk", "title": "실크 보관", "text": "실크 블라우스는 햇빛을 피해 보관해요."},
    {"id": 7, "title": "Linen", "text": "Linen shirts crease, so iron them while damp."},
]


@pytest.fixture
def indexed(cli, tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), encoding="utf-8")
    assert cli("index", rows, "--index", "rows").exit_code == 0
    return rows


@pytest.mark.parametrize("leg", ["fused", "lexical", "dense"])
@pytest.mark.parametrize(("query", "found"), [("울 스웨터 세탁 방법", "wool"), ("iron a linen shirt", "7")])
def test_the_best_document_comes_first_by_its_own_id(cli, indexed, leg, query, found):
    [record] = cli("search", query, "--leg", leg, "-k", "2", "--json").records
    assert record["query"] == query
    assert record["hits"][0]["id"] == found
    assert record["hits"][0]["source"] == str(indexed)
    assert len(record["hits"]) <= 2
    assert all(0 <= hit["score"] <= 1 for hit in record["hits"])


def test_for_people_title_place_and_text_are_shown(cli, indexed):
    shown = cli("search", "실크", "-k", "1").stdout
    assert "1. 실크 보관" in shown
    assert "햇빛을 피해" in shown


def test_only_documents_with_a_value_are_found_when_one_is_named(cli, tmp_path):
    rows = tmp_path / "tagged.jsonl"
    rows.write_text("".join(json.dumps({**row, "shelf": row["title"]}) + "\n" for row in ROWS), encoding="utf-8")
    assert cli("index", rows, "--index", "tagged").exit_code == 0
    [record] = cli(
        "search", "스웨터 세탁", "--index", "tagged", "--only", "shelf=Linen", "--leg", "dense", "--json"
    ).records
    assert [hit["id"] for hit in record["hits"]] == ["7"]
    assert cli("search", "스웨터", "--only", "Linen").exit_code == 2


def test_neighbours_are_shown_when_they_are_asked_for(cli, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        " ".join(f"{number}번째 문장은 {number}번 서랍 이야기입니다." for number in range(60)), encoding="utf-8"
    )
    assert cli("index", page, "--index", "page", "--chunk-size", "60", "--chunk-overlap", "0").exit_code == 0
    [record] = cli("search", "30번 서랍", "--leg", "lexical", "-k", "1", "--around", "1", "--json").records
    (hit,) = record["hits"]
    assert "30번 서랍" in hit["text"]
    assert hit["text"] in hit["around"]
    assert len(hit["around"]) > 2 * len(hit["text"]) - 60
    assert cli("search", "--queries", page, "--around", "1").exit_code == 2


def test_many_queries_give_one_line_each_and_broken_lines_are_told(cli, indexed, tmp_path):
    queries = tmp_path / "in.jsonl"
    queries.write_text(
        '{"id": "q1", "text": "울 세탁"}\nbroken\n{"id": "q2", "text": ""}\n{"id": "q3", "text": "linen"}\n',
        encoding="utf-8",
    )
    result = cli("search", "--queries", queries, "--out", tmp_path / "out.jsonl", "-k", "1", "--json")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [(line["id"], line["hits"][0]["id"]) for line in lines] == [("q1", "wool"), ("q3", "7")]
    assert set(lines[0]["hits"][0]) == {"id", "source", "score"}
    assert [json.loads(line)["line"] for line in result.stderr.splitlines()] == [2, 3]
    assert result.exit_code == 1


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["wool", "--queries", "in.jsonl"],
        ["--queries", "missing.jsonl"],
        ["wool", "--leg", "sparse"],
        ["wool", "-k", "0"],
        ["wool", "--index", "nope"],
        [""],
        ["x" * 20_001],
    ],
)
def test_what_cant_be_searched_for_is_refused_with_exit_code_2(cli, home, args):
    for result in (cli("search", *args), cli("search", *args, "--json")):
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.strip()
    assert json.loads(result.stderr)["error"]["message"]


def test_a_query_is_read_from_standard_input(cli, indexed):
    assert cli("search", "-", "--json", stdin="리넨 linen").records[0]["hits"][0]["id"] == "7"
    assert cli("search", "-", stdin=b"\xff\xfe").exit_code == 2


def test_an_index_that_is_not_there_is_told_once_and_not_line_by_line(cli, indexed, tmp_path):
    (tmp_path / "in.jsonl").write_text('{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n')
    result = cli("search", "--queries", "in.jsonl", "--out", "out.jsonl", "--index", "nope", "--json")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert not (tmp_path / "out.jsonl").exists()
