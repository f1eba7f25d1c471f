"""Labels and attributes are joined by photo, and no photo stands in two parts."""

import json
import tarfile

import numpy as np
import pytest

from stylegraph.evals.training.images.items import (
    NOT_A_GARMENT,
    no_garments,
    part_of,
    read_items,
    read_photos,
    settled,
    targets,
    vocabulary,
)

ITEM = {
    **{"photo": "a.webp", "category": "coat", "pattern": "solid", "sleeve": "long", "material": "wool", "warmth": 5},
    **{"audience": "men", "seasons": ["winter"], "styles": ["formal"], "occasions": ["office"]},
    "colours": ["navy", "grey"],
}


@pytest.fixture
def tables(tmp_path):
    (tmp_path / "labels.csv").write_text(
        "image,label,kids,split\na,Outwear,False,train\nb,Dress,True,train\nc,Shirt,False,validation\n",
        encoding="utf-8",
    )
    (tmp_path / "catalogue.jsonl").write_text(json.dumps(ITEM) + "\n", encoding="utf-8")
    (tmp_path / "more.csv").write_text(
        "image,category,pattern,sleeve,colours\nb,dress,floral,short,red white\n", encoding="utf-8"
    )
    return tmp_path


@pytest.fixture
def items(tables):
    return read_items(tables / "labels.csv", tables / "catalogue.jsonl", tables / "more.csv")


def test_what_is_known_of_a_photo_is_joined(items):
    coat, dress, shirt = items
    assert coat.attributes["colour"] == ["navy"]
    assert coat.attributes["seasons"] == ["winter"]
    assert dress.attributes["kids"] == ["kids"]
    assert dress.attributes["colours"] == ["red", "white"]
    assert shirt.attributes == {"kids": []}
    assert [item.in_catalogue for item in items] == [True, False, False]


def test_what_was_not_annotated_is_not_known(tables):
    (tables / "more.csv").write_text(
        "image,category,pattern,sleeve,colours\nb,,floral,,red white\nc,shirt,,long,\n", encoding="utf-8"
    )
    _, dress, shirt = read_items(tables / "labels.csv", None, tables / "more.csv")
    assert dress.attributes == {"pattern": ["floral"], "colours": ["red", "white"], "colour": ["red"], "kids": ["kids"]}
    assert shirt.attributes == {"category": ["shirt"], "sleeve": ["long"], "kids": []}


def test_where_annotators_differ_most_of_them_decide_and_all_teach(tables):
    """Three looked at one dress; a pattern that two saw is its pattern, and a third of the row is the third's."""
    (tables / "more.csv").write_text(
        "image,pattern,seasons,colours\nb,floral|other|floral,summer|spring summer|spring,pink white|red|red pink\n",
        "utf-8",
    )
    items = read_items(tables / "labels.csv", None, tables / "more.csv")
    dress = items[1]
    assert dress.attributes["pattern"] == ["floral"]
    assert dress.attributes["colours"] == ["red", "pink"]
    assert dress.attributes["colour"] == ["red"]
    assert sorted(dress.attributes["seasons"]) == ["spring", "summer"]
    words = vocabulary(items)
    assert words["pattern"] == ["floral", "other"]
    rows = targets(items, words, smoothing=0.0)
    assert rows["pattern"][1] == pytest.approx([2 / 3, 1 / 3])
    assert dict(zip(words["colour"], rows["colour"][1], strict=True)) == pytest.approx({"pink": 1 / 3, "red": 2 / 3})
    yes, no = np.split(rows["seasons"][1], 2)
    assert dict(zip(words["seasons"], yes, strict=True)) == pytest.approx({"spring": 2 / 3, "summer": 2 / 3})
    assert yes + no == pytest.approx(np.ones(2))


def test_of_answers_that_are_equally_frequent_the_first_holds():
    assert settled("pattern", [["solid"], ["textured"]]) == ["solid"]


def test_validation_stays_validation_and_the_rest_goes_by_name(items):
    assert items[2].part == "validation"
    assert items[0].part == part_of("a", catalogue=True)


def test_parts_are_of_the_intended_size():
    names = [f"photo{i}" for i in range(4000)]
    catalogue = [part_of(name, catalogue=True) for name in names]
    others = [part_of(name, catalogue=False) for name in names]
    assert catalogue.count("test") / 4000 == pytest.approx(0.40, abs=0.03)
    assert catalogue.count("tune") / 4000 == pytest.approx(0.15, abs=0.03)
    assert others.count("tune") / 4000 == pytest.approx(0.12, abs=0.03)
    assert "test" not in others


def test_rows_hold_what_is_known_and_nothing_else(items):
    words = vocabulary(items)
    assert words["label"] == ["Dress", "Outwear", "Shirt", NOT_A_GARMENT]
    rows = targets(items, words, smoothing=0.1)
    assert rows["label"].sum(1) == pytest.approx(np.ones(3))
    assert rows["label"][0].argmax() == 1
    assert rows["material"].sum(1) == pytest.approx([1, 0, 0])
    yes, no = np.split(rows["colours"][1], 2)
    assert [words["colours"][i] for i in np.flatnonzero(yes > 0.5)] == ["red", "white"]
    assert yes + no == pytest.approx(np.ones(len(yes)))


def test_pictures_without_a_garment_teach_only_that(items):
    rows = no_garments(2, vocabulary(items))
    assert rows["label"][:, -1].tolist() == [1, 1]
    assert not any(values.any() for name, values in rows.items() if name != "label")


def test_photos_come_from_a_folder_or_a_tar(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.webp").write_bytes(b"1")
    (folder / "b.webp").write_bytes(b"2")
    with tarfile.open(tmp_path / "photos.tar", "w") as tar:
        tar.add(folder, "photos")
    assert read_photos(folder) == read_photos(tmp_path / "photos.tar") == {"a": b"1", "b": b"2"}
