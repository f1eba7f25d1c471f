"""What is asked of an attached index, and what is kept of it: what needs no cluster."""

from __future__ import annotations

import pytest

from stylegraph.agent.errors import IndexStoreError, InputError
from stylegraph.agent.settings import load_settings
from stylegraph.tools.retrieval.attached import mapping, passages, questions
from stylegraph.tools.retrieval.attached.access import settings_for
from stylegraph.tools.retrieval.attached.conditions import clauses
from stylegraph.tools.retrieval.attached.questions import Question
from stylegraph.tools.retrieval.attached.registry import FILE, Attachment, Registry

DENSE = {"task_type": "text_embedding", "similarity": "cosine", "dimensions": 384}
FIELDS = mapping.fields_of(
    [
        {
            "properties": {
                "body": {"type": "text"},
                "meaning": {"type": "semantic_text", "inference_id": "e5", "model_settings": DENSE},
                "sparse": {"type": "semantic_text", "model_settings": {"task_type": "sparse_embedding"}},
                "bits": {"type": "dense_vector", "dims": 64, "element_type": "bit"},
                "tags": {"type": "flattened"},
                "said": {"type": "alias", "path": "body"},
                "hidden": {"type": "keyword", "index": False},
                "deep": {"properties": {"down": {"type": "text", "fields": {"raw": {"type": "keyword"}}}}},
            }
        },
        {"properties": {"body": {"type": "keyword"}, "later": {"type": "date"}}},
    ]
)


def attachment(**changed):
    fields = {"fields": mapping.filterable(FIELDS), "title": None, "link": None, "vector": None, "audience": []}
    plain = {
        "name": "wiki",
        "url": "http://there",
        "index": "wiki",
        "api_key_env": "",
        "embedding": "",
        "why_words": "",
    }
    return Attachment(**{**plain, **fields, "text": FIELDS["body"], **changed})


def asked(text, **changed):
    return Question(**{"texts": [text], "tokens": None, "vectors": None, "by_meaning": True, "clauses": [], **changed})


class TestSemanticText:
    """The test node has no inference: here is seen that the query is written as the reference has it."""

    def test_the_cluster_makes_the_vector_of_the_question_itself(self):
        held = [{"term": {"team": "hr"}}]
        (search,) = questions.searches(asked("연차", clauses=held), attachment(vector=FIELDS["meaning"]), 20, 200)
        semantic = {"semantic": {"field": "meaning", "query": "연차"}}
        assert search.body["query"] == {"bool": {"must": [semantic], "filter": held}}
        assert search.leg == "dense"

    def test_a_text_that_is_one_is_searched_by_meaning_alone(self):
        both = attachment(text=FIELDS["meaning"], vector=FIELDS["meaning"])
        found = list(questions.searches(asked("연차", tokens=[]), both, 20, 200))
        assert [one.leg for one in found] == ["dense"]
        assert "highlight" not in found[0].body

    def test_its_text_is_read_as_it_was_kept_of_old_and_as_it_is_kept_now(self):
        old = {"_source": {"meaning": {"text": "연차는 15일", "inference": {"chunks": []}}}}
        now = {"_source": {"meaning": "연차는 15일"}}
        assert [passages.texts(one, FIELDS["meaning"]) for one in (old, now)] == [["연차는 15일"]] * 2

    def test_scores_without_a_bound_are_brought_between_0_and_1(self):
        assert questions.cosine(FIELDS["meaning"], 1.0) == 1.0
        assert 0 < questions.cosine(FIELDS["sparse"], 5.0) < questions.cosine(FIELDS["sparse"], 20.0) < 1


class TestMapping:
    def test_of_several_indexes_behind_a_name_the_fields_of_all_are_known(self):
        assert FIELDS["body"]["kind"] == "text"
        assert FIELDS["later"]["kind"] == "date"
        assert FIELDS["said"] == FIELDS["body"]

    def test_what_can_be_filtered_by(self):
        assert sorted(mapping.filterable(FIELDS)) == ["deep.down", "later", "tags"]

    def test_vectors_of_bits_can_not_be_asked(self):
        assert FIELDS["bits"]["dimension"] == 0

    def test_a_name_within_an_object_is_found_by_its_end(self):
        with pytest.raises(InputError, match=r"Did you mean deep\.down\?"):
            mapping.text_field(FIELDS, "down")

    def test_a_path_with_dots_in_its_keys_is_read(self):
        hit = {"_source": {"deep.down": "one", "deep": {"down": ["two", "three"]}}}
        assert sorted(passages.texts(hit, FIELDS["deep.down"])) == ["one", "three", "two"]


def test_a_key_of_a_flattened_field_filters():
    assert clauses({"tags.colour": {"any": ["red"]}}, attachment()) == [{"terms": {"tags.colour": ["red"]}}]


def test_whom_it_is_for_is_decided_before_anything_is_asked():
    seen = {"audience": {"any": ["kim"], "lacking": True}}
    assert clauses(seen, attachment()) == []
    assert clauses(seen, attachment(audience=["kim"])) == []
    assert clauses(seen, attachment(audience=["lee"])) is None
    assert clauses({"audience": {"any": ["kim"]}}, attachment()) is None


class TestAccess:
    def test_credentials_go_to_the_cluster_that_is_set_and_to_no_other(self):
        own = load_settings(
            elasticsearch_url="https://own:9200", elasticsearch_user="me", elasticsearch_password="word"
        )
        assert settings_for(own, "https://OWN:9200", "").elasticsearch_user == "me"
        for other in ("https://other:9200", "http://own:9200", "https://own:9201"):
            found = settings_for(own, other, "")
            assert (found.elasticsearch_user, found.elasticsearch_password, found.elasticsearch_api_key) == (None,) * 3

    def test_where_none_is_set_they_are_those_of_what_is_attached(self):
        alone = load_settings(elasticsearch_url=None, elasticsearch_user="me", elasticsearch_password="word")
        assert settings_for(alone, "https://other:9200", "").elasticsearch_user == "me"

    def test_a_key_of_its_own_comes_from_the_variable_that_is_named(self, monkeypatch):
        with pytest.raises(IndexStoreError, match="WIKI_KEY, which holds the API key of other:9200, is not set"):
            settings_for(load_settings(), "https://other:9200", "WIKI_KEY")
        monkeypatch.setenv("WIKI_KEY", "very-secret")
        found = settings_for(load_settings(elasticsearch_user="me"), "https://other:9200", "WIKI_KEY")
        assert (found.elasticsearch_api_key.get_secret_value(), found.elasticsearch_user) == ("very-secret", None)


class TestRegistry:
    def test_what_is_attached_stays_until_it_is_detached(self, tmp_path):
        registry = Registry(tmp_path / "home")
        assert registry.all() == {}
        registry.add(attachment())
        registry.add(attachment(name="other"))
        registry.add(attachment(index="newer"))
        assert {name: one["index"] for name, one in Registry(tmp_path / "home").all().items()} == {
            "other": "wiki",
            "wiki": "newer",
        }
        registry.remove("wiki")
        with pytest.raises(InputError, match="There are: other"):
            registry.remove("wiki")

    def test_a_file_that_can_not_be_read_says_so(self, tmp_path):
        (tmp_path / FILE).write_text("{")
        with pytest.raises(IndexStoreError, match="attach the indexes again"):
            Registry(tmp_path).all()
