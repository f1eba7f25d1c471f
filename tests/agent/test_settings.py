"""What the environment sets, and which server a key may go to."""

import os

import pytest

from stylegraph.agent.errors import SettingsError
from stylegraph.agent.settings import Settings, load_settings


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch):
    for name in ("OPENAI_API_KEY", "STYLEGRAPH_EMBEDDING_MODEL", "STYLEGRAPH_EMBEDDING_DIMENSIONS"):
        monkeypatch.setenv(name, "")
    settings = Settings(_env_file=None)
    assert not settings.has_model
    assert (settings.embedding_model, settings.embedding_dimensions) == (None, None)


def test_an_embeddings_own_server_gets_its_own_key_or_none():
    chat = {"_env_file": None, "base_url": "http://chat/v1", "openai_api_key": "sk-chat"}
    address, key = Settings(**chat).embedding_server
    assert (address, key.get_secret_value()) == ("http://chat/v1", "sk-chat")
    assert Settings(**chat, embedding_base_url="http://other/v1").embedding_server == ("http://other/v1", None)
    own = Settings(**chat, embedding_base_url="http://other/v1", embedding_api_key="sk-own").embedding_server
    assert own[1].get_secret_value() == "sk-own"


@pytest.mark.parametrize("where", ["environment", ".env"])
def test_a_variable_that_sets_nothing_is_refused_with_the_nearest_name(where, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    if where == ".env":
        (tmp_path / ".env").write_text("STYLEGRAPH_ELASTICSEARCH_ULR=http://localhost:9200\nSOMEBODY_ELSES=1\n")
    else:
        monkeypatch.setenv("STYLEGRAPH_ELASTICSEARCH_ULR", "http://localhost:9200")
    for read in (load_settings, Settings):
        with pytest.raises(SettingsError, match=r"STYLEGRAPH_ELASTICSEARCH_ULR.*mean STYLEGRAPH_ELASTICSEARCH_URL\?"):
            read()


def test_variables_of_the_command_line_and_of_tests_are_no_typos(monkeypatch):
    for name in ("STYLEGRAPH_DEBUG", "STYLEGRAPH_SHARED", "STYLEGRAPH_TEST_MODEL_URL", "SOMEBODY_ELSES"):
        monkeypatch.setenv(name, "1")
    assert load_settings(_env_file=None).effort == "standard"


def test_a_keyword_that_is_no_setting_is_refused_with_the_nearest_name():
    with pytest.raises(SettingsError, match=r"no setting elastic_url.* mean elasticsearch_url"):
        Settings(_env_file=None, elastic_url="http://localhost:9200")
    assert Settings(_env_file=None, openai_api_key="sk-1").has_model


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("vogue.co.kr", ["vogue.co.kr"]),
        ("vogue.co.kr, elle.co.kr,", ["vogue.co.kr", "elle.co.kr"]),
        ('["vogue.co.kr", "elle.co.kr"]', ["vogue.co.kr", "elle.co.kr"]),
        ("[]", []),
    ],
)
def test_a_list_is_written_plainly_or_as_json(monkeypatch, written, read):
    monkeypatch.setenv("STYLEGRAPH_WEB_INCLUDE_DOMAINS", written)
    assert Settings(_env_file=None).web_include_domains == read


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("STYLEGRAPH_SERVER_KEYS", "kim"),
        ("STYLEGRAPH_SERVER_GROUPS", "[1"),
        ("STYLEGRAPH_SERVER_ORIGINS", '["a"'),
        ("STYLEGRAPH_WEB_INCLUDE_DOMAINS", "[1, 2]"),
        ("STYLEGRAPH_EVIDENCE_K", "9" * 5000),
    ],
)
def test_a_value_that_can_not_be_used_is_named_with_its_variable(tmp_path, monkeypatch, variable, value):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable):
        load_settings()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp949"])
def test_a_file_of_settings_in_another_encoding_is_said_to_be(tmp_path, monkeypatch, encoding):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes("# 설정\nSTYLEGRAPH_EVIDENCE_K=3\n".encode(encoding))
    with pytest.raises(SettingsError, match=r"\.env is .*UTF-8"):
        load_settings()


def test_a_mark_before_the_first_line_is_no_part_of_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("STYLEGRAPH_EVIDENCE_K=3\n", encoding="utf-8-sig")
    assert load_settings().evidence_k == 3


def test_a_pipe_is_no_file_of_settings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / ".env")
    with pytest.raises(SettingsError, match="regular file"):
        load_settings()
