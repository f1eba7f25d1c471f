"""Fits what colours are called to annotated photos."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stylegraph.evals.training.images.items import Answers, settled
from stylegraph.evals.training.images.linear import fit_linear
from stylegraph.tools.fashion.vision.colours import Cluster, Values
from stylegraph.tools.fashion.vision.palette import Palette, Trust

PROTOTYPES = {"gold": (65.0, 5.0, 35.0), "silver": (75.0, 0.0, 1.0)}
"""CIELAB of names that are too rare to fit."""
_PRIOR = 12.0
"""Photos that the common spread of colours counts for."""
_DECAY = 20.0
"""Penalty on the linear model's squared weights, counted as so many photos."""
_BALANCE = 0.25
"""How far photos of rare colours count more."""
_MAIN = 0.8
"""How far the first of several annotated colours is the main one: the order is a matter of opinion."""


def fit_palette(
    names: Sequence[str], groups: Sequence[Sequence[Cluster]], lights: Values, given: Sequence[Answers]
) -> Palette:
    """Fit one normal distribution a name, and the linear model.

    Args:
        names: All names.
        groups: Clusters of each photo, largest first.
        lights: Shape (photos, d), from `surroundings` and the network's texture.
        given: What each annotator of a photo says, main colour first. Of clusters and names, only the pair of largest
            cluster and main colour is certain, so only that is used.
    """
    seen = np.array([clusters[0].lab for clusters in groups])
    said = np.array([names.index(settled("colours", answers)[0]) for answers in given])
    means = np.array([_mean(names[i], seen[said == i]) for i in range(len(names))])
    away = seen - means[said]
    common = np.cov(away.T) + np.eye(3) * 4
    covariances, priors = [], []
    for i in range(len(names)):
        own = away[said == i]
        covariances.append((common * _PRIOR + own.T @ own) / (_PRIOR + len(own)))
        priors.append((len(own) + 2) / (len(seen) + 2 * len(names)))
    offsets = np.log(priors) - 0.5 * np.linalg.slogdet(np.array(covariances))[1]
    precisions = np.linalg.inv(np.array(covariances)).astype(np.float32)
    opinions = np.array([np.mean([_opinion(names, answer) for answer in answers], 0) for answers in given])
    light = fit_linear(lights, opinions, _DECAY, balance=_BALANCE)
    return Palette(list(names), means.astype(np.float32), precisions, offsets.astype(np.float32), light, Trust(1, 1, 1))


def _opinion(names: Sequence[str], colours: Sequence[str]) -> Values:
    shares = np.zeros(len(names), np.float32)
    for colour in colours[1:]:
        shares[names.index(colour)] += (1 - _MAIN) / (len(colours) - 1)
    shares[names.index(colours[0])] += 1 - shares.sum()
    return shares


def _mean(name: str, own: Values) -> Values:
    """Average robustly: wrong annotations and wrong outlines lie far off."""
    if len(own) < 5:
        return np.array(PROTOTYPES.get(name, own.mean(0) if len(own) else (50.0, 0.0, 0.0)), np.float32)
    median: Values = np.median(own, axis=0)
    return median
