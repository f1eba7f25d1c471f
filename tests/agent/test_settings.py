"""What the environment sets, and which server a key may go to."""

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
