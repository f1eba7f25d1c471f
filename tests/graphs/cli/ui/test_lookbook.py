"""`--html FILE`: one page with photos that opens offline."""

from __future__ import annotations

import re

import pytest
from PIL import Image

from stylegraph.agent.settings import load_settings
from stylegraph.graphs.cli.ui.lookbook import embedding


def test_recommend_writes_a_page_with_photos_beside_its_output(cli, stocked, tmp_path):
    page = tmp_path / "look.html"
    result = cli("recommend", "여름 셔츠", "-k", "2", "--html", page)
    assert result.stdout.startswith("1. ")
    assert str(page) in result.stderr
    written = page.read_text("utf-8")
    assert written.count('src="data:image/webp;base64,') == 2
    assert '<html lang="ko">' in written
    assert "https://" not in re.sub('base64,[^"]*', "", written)


def test_recommend_writes_an_outfit_as_a_board(cli, stocked, tmp_path):
    page = tmp_path / "look.html"
    [record] = cli("recommend", "an outfit for the office", "--outfit", "--html", page, "--json").records
    written = page.read_text("utf-8")
    assert f"sg-n{len(record['outfit']['pieces'])}" in written
    assert all(piece["item"]["name"] in written for piece in record["outfit"]["pieces"])


def test_ask_writes_its_answer_with_the_sources(cli, scripted, tmp_path):
    page = tmp_path / "answer.html"
    cli("ask", "울 세탁?", "--html", page)
    written = page.read_text("utf-8")
    assert "울 세탁? 답 1" in written
    assert "<q>찬물에</q>" in written


@pytest.mark.parametrize("args", [["recommend", "셔츠"], ["ask", "셔츠"]])
def test_a_page_that_cant_be_written_is_refused_before_anything_is_asked(cli, args, tmp_path):
    result = cli(*args, "--html", tmp_path / "nowhere" / "look.html")
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_page_is_for_one_question(cli, tmp_path):
    questions = tmp_path / "in.jsonl"
    questions.write_text('{"id": "1", "text": "셔츠"}\n', "utf-8")
    assert cli("ask", "--questions", questions, "--html", tmp_path / "look.html").exit_code == 2


def test_a_large_photo_is_embedded_smaller(home, tmp_path):
    path = tmp_path / "large.png"
    Image.effect_noise((1_500, 1_500), 90).convert("RGB").save(path)
    embedded = embedding(load_settings())(str(path))
    assert embedded.startswith("data:image/webp;base64,")
    assert len(embedded) < path.stat().st_size / 4


def test_a_photo_beyond_the_limits_is_left_out(home, tmp_path):
    path = tmp_path / "large.png"
    Image.effect_noise((1_000, 1_000), 90).save(path)
    assert embedding(load_settings(picture_max_bytes=10_000))(str(path)) is None
    assert embedding(load_settings())("https://example.com/a.jpg") is None
