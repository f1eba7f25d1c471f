"""Figures count what a user gets, and what two people who look agree on."""

from picture_parts import look

from stylegraph.evals.training.images.figures import annotators_agree, attribute_figures
from stylegraph.evals.training.images.items import Item, read_attributes


def item(image, pattern, *colours):
    return Item(image, "Shirt", "test", {"pattern": [pattern], "colours": list(colours), "colour": list(colours[:1])})


def test_what_is_said_counts_when_it_is_what_was_annotated_first():
    items = [item("a", "striped", "navy", "white"), item("b", "solid", "white", "navy"), item("c", "solid", "red")]
    figures = attribute_figures(items, [look()] * 3)
    assert figures["pattern"] == (1 / 3, 3)
    assert figures["colour"] == (1 / 3, 3)
    assert figures["among the colours"] == (2 / 3, 3)


def test_a_second_annotator_is_counted_like_a_look(tmp_path):
    (tmp_path / "again.csv").write_text(
        "image,category,pattern,sleeve,colours\na,,striped,,white\nb,,dotted,,white\nelse,,solid,,red\n", "utf-8"
    )
    items = [item("a", "striped", "navy", "white"), item("b", "solid", "white"), item("c", "solid", "red")]
    agreed = annotators_agree(items, read_attributes(tmp_path / "again.csv"))
    assert agreed == {"pattern": (1 / 2, 2), "colour": (1 / 2, 2), "among the colours": (1.0, 2)}


def test_each_of_several_annotators_is_counted(tmp_path):
    (tmp_path / "again.csv").write_text(
        "image,pattern,seasons\na,striped|solid|striped,spring|summer|summer\n", "utf-8"
    )
    known = {"pattern": ["striped"], "seasons": ["spring", "summer"]}
    agreed = annotators_agree([Item("a", "Shirt", "test", known)], read_attributes(tmp_path / "again.csv"))
    assert agreed == {"pattern": (2 / 3, 3), "seasons": (1 / 2, 6)}
