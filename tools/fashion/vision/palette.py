"""What colours are called.

Three opinions are weighed. How far each cluster stands from what people call by a name: one normal distribution a name.
What a linear model makes of the garment's colours, its fabric and the light around it: under a yellow lamp, white is
beige to whoever sees only the garment. And what the network makes of the whole photo. All are fitted to annotated
photos.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stylegraph.tools.fashion.vision.colours import Cluster, Values
from stylegraph.tools.fashion.vision.look import NamedColour


@dataclass(frozen=True)
class Trust:
    """How much opinions count beside the clusters' own."""

    any_of: float
    """The network's, on which colours the garment has."""
    main: float
    """The network's, on which of them is the main one."""
    light: float
    """The linear model's, on the same."""


@dataclass(frozen=True)
class Palette:
    """Names of colours, and what is needed to choose one."""

    names: Sequence[str]
    means: Values
    """Shape (n, 3), CIELAB."""
    precisions: Values
    """Shape (n, 3, 3): inverse covariances."""
    offsets: Values
    """Shape (n,): log prior minus half the log determinant of the covariance."""
    light: Values
    """Shape (n, d + 1): the linear model, its constants last."""
    trust: Trust

    def named(self, groups: Sequence[Cluster], light: Values, any_of: Values, main: Values) -> list[NamedColour]:
        """Name clusters and join those of one name.

        Args:
            groups: Largest first.
            light: Shape (d,): `colours.surroundings`, and what the network makes of the fabric.
            any_of: Shape (n,): probability that the garment has this colour, by the network.
            main: Shape (n,): probability that it is the main one.

        Returns:
            The main colour first, the rest by share.
        """
        chances = np.array([self._chances(cluster.lab, any_of) for cluster in groups])
        shares = np.array([cluster.share for cluster in groups])
        first = int(np.argmax(np.log(shares @ chances + 1e-3) + self._opinions(light, main)))
        names = np.argmax(chances, 1)
        if first not in names:  # a name that no cluster won: the likeliest cluster takes it
            names[np.argmax(shares * chances[:, first])] = first
        order = sorted(set(names.tolist()), key=lambda name: (name != first, -float(shares[names == name].sum())))
        owners = {name: [groups[i] for i in np.flatnonzero(names == name).tolist()] for name in order}
        return [_colour(self.names[name], own) for name, own in owners.items()]

    def _chances(self, lab: Values, any_of: Values) -> Values:
        away = lab - self.means
        scores = self.offsets - 0.5 * np.einsum("ni,nij,nj->n", away, self.precisions, away)
        return _shares(scores + self.trust.any_of * np.log(any_of + 1e-3))

    def _opinions(self, light: Values, main: Values) -> Values:
        seen = _shares(self.light[:, :-1] @ light + self.light[:, -1])
        given: Values = self.trust.light * np.log(seen + 1e-3) + self.trust.main * np.log(main + 1e-3)
        return given

    def to_json(self) -> dict[str, object]:
        """Return plain data."""
        arrays = {"means": self.means, "precisions": self.precisions, "offsets": self.offsets, "light": self.light}
        rounded = {name: np.round(values.astype(float), 5).tolist() for name, values in arrays.items()}
        return {"names": list(self.names), "trust": vars(self.trust), **rounded}

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Palette:
        """Read plain data."""
        arrays = {name: np.array(data[name], np.float32) for name in ("means", "precisions", "offsets", "light")}
        names, trust = data["names"], data["trust"]
        if not isinstance(names, list) or not isinstance(trust, dict):
            raise TypeError("not a palette")
        return cls(names, trust=Trust(**trust), **arrays)


def _shares(scores: Values) -> Values:
    powers: Values = np.exp(scores - scores.max())
    given: Values = powers / powers.sum()
    return given


def _colour(name: str, own: Sequence[Cluster]) -> NamedColour:
    share = sum(cluster.share for cluster in own)
    red, green, blue = max(own, key=lambda cluster: cluster.share).rgb
    return NamedColour(name=name, hex=f"#{red:02x}{green:02x}{blue:02x}", share=round(share, 3))
