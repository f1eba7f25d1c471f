"""Fits what colours are called to annotated photos."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stylegraph.tools.image.colours import Cluster, Palette, Values

PROTOTYPES = {"gold": (65.0, 5.0, 35.0), "silver": (75.0, 0.0, 1.0)}
"""CIELAB of names that are too rare to fit."""
_PRIOR = 12.0
"""Photos that the common spread of colours counts for."""


def fit_palette(names: Sequence[str], groups: Sequence[Sequence[Cluster]], given: Sequence[Sequence[str]]) -> Palette:
    """Fit one normal distribution a name.

    Args:
        names: All names.
        groups: Clusters of each photo, largest first.
        given: Names annotated for each photo, main colour first. Only the pair of largest cluster and main colour is
            certain, so only that is used.
    """
    seen = np.array([clusters[0].lab for clusters in groups])
    said = np.array([names.index(colours[0]) for colours in given])
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
    return Palette(list(names), means.astype(np.float32), precisions, offsets.astype(np.float32), (1.0, 1.0))


def _mean(name: str, own: Values) -> Values:
    """Average robustly: wrong annotations and wrong outlines lie far off."""
    if len(own) < 5:
        return np.array(PROTOTYPES.get(name, own.mean(0) if len(own) else (50.0, 0.0, 0.0)), np.float32)
    median: Values = np.median(own, axis=0)
    return median
