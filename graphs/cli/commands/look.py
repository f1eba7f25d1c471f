"""`stylegraph look`: what pictures show, one by one or whole folders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stylegraph.agent.errors import InputError
from stylegraph.graphs.cli.ui.command import FAILED, described

if TYPE_CHECKING:
    from rich.text import Text

    from stylegraph.agent.settings import Settings
    from stylegraph.graphs.cli.ui.screen import Screen
    from stylegraph.tools.fashion.vision.look import Look
    from stylegraph.tools.image.picture import Picture

Files = Annotated[
    list[str], typer.Argument(metavar="FILE...", help="Pictures, folders of them, or web addresses of pictures.")
]
Jobs = Annotated[int, typer.Option("--jobs", metavar="N", min=1, max=64, help="Pictures looked at at a time.")]
Kept = Annotated[
    Path | None,
    typer.Option(
        "--gallery",
        metavar="FILE.npz",
        dir_okay=False,
        help="Also write how they look, by file name, to find similar items by: `mine.npz` beside `mine.csv`.",
    ),
]

EXAMPLES = (
    "stylegraph look shirt.jpg",
    "stylegraph look ~/wardrobe --json > wardrobe.jsonl",
    "stylegraph look photos/ --gallery mine.npz  # photos called like the ids of mine.csv",
)
_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".heic", ".heif"})
_WEB = ("http://", "https://")
_SHOWN = ("verdict", "category", "label", "confidence", "alternatives", "attributes", "colours", "similar")


def look(screen: Screen, files: Files, *, jobs: Jobs = 2, gallery: Kept = None) -> None:
    """Report what pictures show: garment, attributes, colours, and items of the catalogue that look alike. Needs no key."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.tools.fashion.vision.gallery import Hanging, gallery_of
    from stylegraph.tools.fashion.vision.network import Garments

    settings = load_settings()
    sources = list(_sources(files))
    if not sources:
        raise InputError("There is no picture in there.", f"Pictures end in {', '.join(sorted(_ENDINGS))}.")
    garments = Garments(gallery=gallery_of(settings.catalogue_in_use))
    hanging, names, failed = Hanging(), {} if screen.json else _names(settings), 0
    looks = garments.look_through(_opened(sources, settings), jobs)
    with screen.bar("Looking", len(sources)) as bar:
        for source, seen in zip(sources, looks, strict=True):
            if isinstance(seen, Exception):
                kind, message, remedy = described(seen)
                screen.fail(kind, f"{source}: {message}", remedy, file=source)
                failed += 1
            else:
                if gallery is not None:
                    hanging.add(Path(source).stem, seen)
                _show(screen, source, seen, names, alone=len(sources) == 1)
            bar.advance()
    if gallery is not None:
        hanging.gallery().save(gallery)
        screen.tell(f"Wrote {gallery}.")
    if failed:
        raise typer.Exit(FAILED)


def _sources(files: list[str]) -> Iterator[str]:
    """Return the pictures: what is named as it is, and of folders what is called like a picture."""
    for name in files:
        path = Path(name)
        if not name.startswith(_WEB) and path.is_dir():
            found = (file for file in sorted(path.rglob("*")) if file.suffix.lower() in _ENDINGS)
            yield from (str(file) for file in found if file.is_file())
        else:
            yield name


def _opened(sources: list[str], settings: Settings) -> Iterator[Picture | Exception]:
    """Open pictures as they are drawn; one that can't be opened is its own error."""
    import asyncio

    from stylegraph.tools.image.picture import open_picture

    for source in sources:
        try:
            yield asyncio.run(open_picture(source, settings))
        except Exception as error:  # one picture's trouble is not the next one's
            yield error


def _names(settings: Settings) -> Mapping[str, str]:
    """Return the names of the sample catalogue's items; those of a catalogue of one's own go by their ids."""
    from stylegraph.tools.fashion.catalogue.catalogue import sample_items

    return {item["id"]: item["name_en"] for item in sample_items()} if settings.catalogue_in_use is None else {}


def _show(screen: Screen, source: str, seen: Look, names: Mapping[str, str], *, alone: bool) -> None:
    if screen.json:
        whole: dict[str, Any] = {**seen}
        screen.record({"file": source, **{field: whole[field] for field in _SHOWN}})
        return
    from stylegraph.graphs.cli.ui.terminal_images import show_picture

    if alone:
        show_picture(screen.out, Path(source))
    screen.say(source, "bold")
    for line in _lines(seen, names):
        screen.show(line)


def _lines(seen: Look, names: Mapping[str, str]) -> Iterator[Text]:
    """Return a look as people read it: what it is, its colours as swatches, its attributes, what looks alike."""
    from rich.text import Text

    from stylegraph.graphs.cli.ui.screen import plain
    from stylegraph.tools.fashion.vision.descriptions import label, phrase

    if seen["verdict"] == "not_a_garment":
        yield Text(f"  no garment ({seen['confidence']:.0%})", "yellow")
        return
    sure = "" if seen["verdict"] == "garment" else "perhaps "
    others = [f"{other['label']} {other['confidence']:.0%}" for other in seen["alternatives"]]
    head = Text(f"  {sure}{phrase(seen, 'en')}", "green" if not sure else "yellow")
    yield head.append(f"  {seen['label']} {seen['confidence']:.0%}" + "".join(f", {other}" for other in others), "dim")
    swatches = Text("  ")
    for colour in seen["colours"]:
        swatches.append("███", colour["hex"])
        swatches.append(f" {label('colours', colour['name'], 'en')} {colour['share']:.0%}  {colour['hex']}   ")
    yield swatches
    if told := _attributes(seen):
        yield Text(f"  {told}")
    if seen["similar"]:
        alike = (f"{plain(names.get(one['id'], one['id']))} {one['score']:.2f}" for one in seen["similar"][:3])
        yield Text(f"  like: {', '.join(alike)}", "dim")


def _attributes(seen: Look) -> str:
    """Return the attributes in one line."""
    from stylegraph.tools.fashion.vision.descriptions import label

    told: dict[str, Any] = {**seen["attributes"]}
    warmth = told.pop("warmth", None)
    parts = []
    for field, value in told.items():
        values = [one for one in (value if isinstance(value, list) else [value]) if one != "none"]
        parts += [", ".join(label(field, one, "en") for one in values)] if values else []
    return "; ".join([*parts, *([f"warmth {warmth}/5"] if warmth else [])])
