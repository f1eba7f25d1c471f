"""Recognises a garment without a key: one small network on the CPU, and the colours of what it outlines.

The network (`data/garments.onnx`, see `data/garments.md`) gives label, attributes, outline and embedding in one pass.
Its words, its thresholds and what colours are called travel in the file: another file is another set of words.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from stylegraph.agent.errors import SettingsError
from stylegraph.agent.extras import needed
from stylegraph.tools.fashion.vision.colours import SIDE, Values, clusters, surroundings
from stylegraph.tools.fashion.vision.gallery import Gallery, packed
from stylegraph.tools.fashion.vision.look import Alternative, Attributes, Look, NamedColour, Verdict
from stylegraph.tools.fashion.vision.palette import Palette
from stylegraph.tools.image.picture import Picture

if TYPE_CHECKING:
    import onnxruntime

MODEL = Path(__file__).parent / "data" / "garments.onnx"
SIMILAR = 6
"""How many similar items a look names."""
_ALTERNATIVES = 3
_LISTED = ("seasons", "styles", "occasions")
_SAID = ("pattern", "sleeve", "material", "audience", "warmth")
_AHEAD = 4
"""Pictures in work at a time for each worker: what bounds memory."""


@dataclass(frozen=True)
class Knowledge:
    """What the model's file says of itself."""

    side: int
    words: Mapping[str, Sequence[str]]
    categories: Mapping[str, Sequence[str]]
    """Label -> categories that it may be."""
    thresholds: Mapping[str, float]
    """`not_a_garment`: probability from which there is none; `not_sure`: label confidence under which the label is a
    guess; attribute -> confidence under which it is not told."""
    palette: Palette


class Garments:
    """The network, loaded when first used. Safe to use from several threads.

    Args:
        model: An ONNX file made by the training of this package.
        gallery: Items to find similar ones among, or None.
        threads: CPU threads for one picture.
    """

    name = "garments"

    def __init__(self, model: Path = MODEL, gallery: Gallery | None = None, threads: int = 1) -> None:
        self.model, self.gallery, self.threads = model, gallery, threads
        self._lock = Lock()

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        with needed("Looking at a picture"):
            import onnxruntime  # 0.1 s that a question without a picture need not wait for

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self.threads, 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            return onnxruntime.InferenceSession(str(self.model), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the runtime's errors have no common base
            raise SettingsError(
                f"The garment model {self.model} can't be loaded: {str(error)[:200]}.", "Install stylegraph again."
            ) from None

    @cached_property
    def knowledge(self) -> Knowledge:
        """What the model's file says of itself."""
        told = self._session.get_modelmeta().custom_metadata_map
        data = {name: json.loads(told[name]) for name in ("side", "words", "categories", "thresholds", "palette")}
        palette = Palette.from_json(data.pop("palette"))
        return Knowledge(**data, palette=palette)

    def look(self, picture: Picture, reference: str | None = None) -> Look:
        """Look at one picture.

        Args:
            picture: What to look at.
            reference: What the look says its picture is.
        """
        seen = self.see([picture])
        return self._told(picture, {name: values[0] for name, values in seen.items()}, reference)

    def see(self, pictures: Sequence[Picture]) -> dict[str, Values]:
        """Run the network.

        Returns:
            `label` and every attribute as probabilities (n, values), `outline` (n, h, w), `texture` of the fabric
            (n, d), `embedding` (n, 128).
        """
        with self._lock:
            session, side = self._session, self.knowledge.side
        batch = np.stack([np.asarray(picture.square(side)) for picture in pictures])
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, cast(list[Values], session.run(names, {"pictures": batch})), strict=True))

    def hang(self, pictures: Iterable[tuple[str, Picture]]) -> Gallery:
        """Make a gallery: ids and pictures in, what finds similar ones out. Pictures are drawn one at a time."""
        ids: list[str] = []
        vectors: list[Values] = []
        for name, picture in pictures:
            ids.append(name)
            vectors.append(self.see([picture])["embedding"][0])
        return Gallery(ids, np.array(vectors, np.float32).reshape(len(ids), -1))

    def look_through(self, pictures: Iterable[Picture | Exception], workers: int = 2) -> Iterator[Look | Exception]:
        """Look at many pictures, in order, a few at a time, so that memory stays flat.

        Args:
            pictures: Opened as they are drawn; an exception in place of a picture is passed on.
            workers: Threads; the network and the decoders leave the interpreter free.
        """
        with ThreadPoolExecutor(workers) as pool:
            waiting: deque[Future[Look | Exception]] = deque()
            for picture in pictures:
                waiting.append(pool.submit(self._look_or_pass, picture))
                if len(waiting) >= workers * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _look_or_pass(self, picture: Picture | Exception) -> Look | Exception:
        return picture if isinstance(picture, Exception) else self.look(picture)

    def _told(self, picture: Picture, seen: Mapping[str, Values], reference: str | None) -> Look:
        *labels, _ = self.knowledge.words["label"]
        none = float(seen["label"][-1])
        order = np.argsort(-seen["label"][:-1])
        label, confidence = labels[order[0]], float(seen["label"][order[0]])
        verdict = self._verdict(none, confidence)
        if verdict == "not_a_garment":
            return _nothing(reference, none, _alternatives(labels, seen["label"], order), self.name)
        category, attributes = self._category(label, seen["category"]), self._attributes(seen)
        colours = self._colours(picture, seen)
        told = {"category": category, "colours": [colour["name"] for colour in colours[:1]], **attributes}
        return Look(
            picture=reference,
            verdict=verdict,
            category=category,
            label=label,
            confidence=round(confidence, 4),
            alternatives=_alternatives(labels, seen["label"], order[1:]),
            attributes=attributes,
            colours=colours,
            sure=self._sure(told, seen),
            similar=self.gallery.nearest(seen["embedding"], SIMILAR) if self.gallery else [],
            embedding=packed(seen["embedding"]),
            made_by=self.name,
        )

    def _colours(self, picture: Picture, seen: Mapping[str, Values]) -> list[NamedColour]:
        small, outline = picture.square(SIDE), seen["outline"]
        groups = clusters(small, outline)
        light = np.concatenate([surroundings(small, outline), seen["texture"]])
        return self.knowledge.palette.named(groups, light, seen["colours"], seen["colour"])

    def _verdict(self, none: float, confidence: float) -> Verdict:
        thresholds = self.knowledge.thresholds
        if none >= thresholds["not_a_garment"]:
            return "not_a_garment"
        return "not_sure" if confidence < thresholds["not_sure"] else "garment"

    def _category(self, label: str, chances: Values) -> str:
        """Choose the likeliest category that the label may be."""
        words = self.knowledge.words["category"]
        allowed = self.knowledge.categories.get(label, words)
        return max(allowed, key=lambda category: float(chances[words.index(category)]))

    def _attributes(self, seen: Mapping[str, Values]) -> Attributes:
        words, thresholds = self.knowledge.words, self.knowledge.thresholds
        told: dict[str, Any] = {}
        for name in _SAID:
            best = int(np.argmax(seen[name]))
            if seen[name][best] >= thresholds[name]:
                told[name] = words[name][best]
        if "warmth" in told:
            told["warmth"] = int(told["warmth"])
        if seen["kids"][0] >= thresholds["kids"]:
            told["audience"] = "kids"
        for name in _LISTED:
            told[name] = [
                word for word, chance in zip(words[name], seen[name], strict=True) if chance >= thresholds[name]
            ]
        return cast(Attributes, told)

    def _sure(self, told: Mapping[str, object], seen: Mapping[str, Values]) -> dict[str, float]:
        """Return the probability of each value that is told; of several, their mean."""
        words, sure = self.knowledge.words, dict[str, float]()
        for name, value in told.items():
            values = [str(one) for one in (value if isinstance(value, list) else [value])]
            chances = [float(seen[name][words[name].index(one)]) for one in values if one in words[name]]
            if chances:
                sure[name] = round(sum(chances) / len(chances), 4)
        return sure


def _nothing(reference: str | None, confidence: float, alternatives: list[Alternative], made_by: str) -> Look:
    return Look(
        picture=reference,
        verdict="not_a_garment",
        category=None,
        label=None,
        confidence=round(confidence, 4),
        alternatives=alternatives,
        attributes=Attributes(),
        colours=[],
        similar=[],
        made_by=made_by,
    )


def _alternatives(labels: Sequence[str], chances: Values, order: NDArray[np.intp]) -> list[Alternative]:
    return [
        Alternative(label=labels[i], confidence=round(float(chances[i]), 4))
        for i in order[:_ALTERNATIVES].tolist()
        if chances[i] >= 0.01
    ]
