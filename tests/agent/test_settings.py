"""What the environment sets, and which server a key may go to."""

from stylegraph.agent.settings import Settings


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
