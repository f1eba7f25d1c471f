"""What is said of the documents names places that they have, and stays false or becomes so with its units gone."""

import pytest

from stylegraph.evals.bench.grounded import area, balanced
from stylegraph.evals.grading.claims import TRUE, claim_pairs, claims


def test_every_split_has_true_and_false_claims_of_both_languages():
    for split in ("train", "tune", "test"):
        own = [one for one in claims() if one.document.split == split]
        assert {(one.language, one.true) for one in own} == {
            (lang, true) for lang in ("ko", "en") for true in (True, False)
        }


def test_every_claim_cites_units_that_its_document_has():
    assert all(one.units for one in claims())


def test_a_true_claim_without_its_units_is_no_longer_borne():
    pairs = [pair for pair in claim_pairs("tune") if pair.setting == "without"]
    assert pairs
    assert not any(pair.label for pair in pairs)
    assert all(pair.claim.kind in TRUE and pair.claim.units[0] not in " ".join(pair.evidence) for pair in pairs)


def test_no_claim_was_written_twice():
    said = [(one.document.id, one.text) for one in claims()]
    assert len(said) == len(set(said))


@pytest.mark.parametrize(
    ("likely", "expected"), [([0.9, 0.8, 0.1], 1.0), ([0.1, 0.9, 0.5], 0.5), ([0.5, 0.5, 0.5], 0.5)]
)
def test_the_area_counts_pairs_in_the_right_order(likely, expected):
    assert area(likely, [True, True, False]) == expected


def test_balanced_accuracy_counts_both_sides_alike():
    assert balanced([0.9, 0.9, 0.9, 0.1], [True, True, False, False], 0.5) == 0.75
