"""Photos of clothes as text: what the garment network sees, said in Korean and English, so that words find it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from stylegraph.agent.errors import InputError
from stylegraph.agent.text.language import Language
from stylegraph.tools.ingestion.formats.record import Item, Origin, Skipped, document, empty, too_big

if TYPE_CHECKING:
    from stylegraph.agent.settings import Settings
    from stylegraph.tools.fashion.vision.look import Look
    from stylegraph.tools.fashion.vision.network import Garments

_CALLED: tuple[tuple[Language, str], ...] = (("ko", "사진"), ("en", "The picture"))
_FILTERS = ("pattern", "material", "sleeve", "seasons", "styles", "occasions")


class PictureReader:
    """Reads a picture as one document: its caption, with what can be told of the garment to filter by.

    Args:
        settings: How large a picture may be.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, stream: BinaryIO, origin: Origin) -> Iterator[Item]:
        """Read one picture; one that shows no garment is passed over, because nothing can be said of it."""
        from stylegraph.tools.image.picture import read_picture

        if failure := too_big(stream, origin):
            yield failure
            return
        try:
            picture = read_picture(stream.read(), self._settings)
        except InputError as error:
            yield empty(origin, f"can't be looked at: {error.message}", error.remedy)
            return
        look = _garments().look(picture)
        if look["verdict"] == "not_a_garment":
            yield Skipped(origin.place, "a picture without a garment")
            return
        yield document(origin, caption(look), origin.name, _facts(look))


def caption(look: Look) -> str:
    """Return what a look shows, a paragraph in each language."""
    from stylegraph.tools.fashion.vision.descriptions import sentences

    return "\n\n".join(" ".join(sentences(look, language, called)) for language, called in _CALLED)


def _facts(look: Look) -> dict[str, Any]:
    told: dict[str, Any] = {name: look["attributes"].get(name) for name in _FILTERS}
    colours = [colour["name"] for colour in look["colours"]]
    return {"category": look["category"], "colours": colours, **told}


@cache
def _garments() -> Garments:
    """Return the network, loaded once a process (0.2 s)."""
    from stylegraph.tools.fashion.vision.network import Garments

    return Garments()
