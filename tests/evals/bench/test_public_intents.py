"""Public sets of labelled sentences are read as they are published."""

import json

import pytest

from stylegraph.evals.bench.intents import Sentence
from stylegraph.evals.bench.public_intents import public_set


@pytest.fixture
def published(tmp_path):
    """Return how a set is given, by its form."""
    rows = {"train": [["where is my card", "card"]], "test": [["top up, please", "money"]], "oos_test": [["hm", "oos"]]}
    (tmp_path / "set.json").write_text(json.dumps(rows))
    for part in ("train", "test"):
        ((text, label),) = rows[part]
        (tmp_path / f"{part}.csv").write_text(f'text,category\n"{text}",{label}\n')
        (tmp_path / f"{part}.txt").write_text(f"{label}\t{text}\n\n")
    files = {"json": ["set.json"], "csv": ["train.csv", "test.csv"], "text": ["train.txt", "test.txt"]}
    return {form: "bank=" + ",".join(str(tmp_path / name) for name in names) for form, names in files.items()}


@pytest.mark.parametrize("form", ["json", "csv", "text"])
def test_each_published_form_gives_what_is_taught_and_what_is_asked(published, form):
    found = public_set(published[form])
    assert (found.name, found.language) == ("bank", "en")
    assert found.taught == (Sentence("where is my card", "card"),)
    assert found.asked == (Sentence("top up, please", "money"),)


@pytest.mark.parametrize("given", ["bank", "=a.json", "bank=a,b,c"])
def test_what_names_no_files_is_refused(given):
    with pytest.raises(ValueError, match="is no NAME=FILE"):
        public_set(given)


def test_a_file_without_sentences_is_refused(tmp_path):
    (tmp_path / "empty.json").write_text("{}")
    with pytest.raises(ValueError, match="no sentences"):
        public_set(f"bank={tmp_path / 'empty.json'}")
