"""What the order and age of events add: item-to-item maps at several time scales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.sparse import csr_matrix

from foretaste.core import FloatArray
from foretaste.taste.direction.fading import faded

__all__ = ["Channel", "Direction"]


@dataclass(frozen=True, eq=False)
class Channel:
    """One time scale: event ``j`` adds ``decay^age_j n^-power T_j.`` to the scores.

    Age is counted in events, newest 0. Exactly one of the three forms of ``T`` is there.

    Attributes:
        block: What a share through it is called in reasons.
        decay: Weight kept per event of age.
        power: Normalisation by the number of events ``n``.
        left: ``T = left right'`` with the right factor all channels share, [I, R].
        dense: ``T``, float32 [I, I].
        sparse: ``T``, [I, I].
    """

    block: str
    decay: float
    power: float = 0.0
    left: FloatArray | None = None
    dense: FloatArray | None = None
    sparse: csr_matrix | None = None

    def weights(self, count: int) -> FloatArray:
        """Weights of ``count`` events, oldest first.

        Args:
            count: ``n``.

        Returns:
            float32 [n].
        """
        scale = np.float32(max(count, 1) ** -self.power)
        found: FloatArray = scale * faded(self.decay, count)
        return found

    def matrix(self) -> Any:
        """``T`` or its left factor: whatever is indexed by the item of an event.

        Returns:
            An array or a sparse matrix with ``I`` rows.
        """
        for form in (self.left, self.dense, self.sparse):
            if form is not None:
                return form
        raise AssertionError("a channel without a map")


@dataclass(frozen=True, eq=False)
class Direction:
    """Means by how much is known, and the channels.

    Attributes:
        channels: Time scales.
        right: The factor that factored channels share, float32 [I, R].
        knots: Numbers of events at which means are kept; the first is 0, then 1.
        means: Prior means there, float32 [G, I]: what people like who have got so far.
        strength: Share of the posterior's shift that is left standing, at 0 events.
        strength_events: Events after which that share is halved.
        joint_events: Events after which completion (channels called ``collaborative``)
            weighs as much as everything else, ``n / (n + joint_events)`` against the rest;
            ``None`` adds all channels as they are.
    """

    channels: tuple[Channel, ...]
    right: FloatArray
    knots: tuple[int, ...]
    means: FloatArray
    strength: float
    strength_events: float
    joint_events: float | None = None

    def completion(self, count: int) -> float:
        """Share of the score that completion has; prior and direction have the rest.

        Args:
            count: ``n``.

        Returns:
            ``n / (n + joint_events)``; 0 when channels are not weighed.
        """
        return 0.0 if self.joint_events is None else count / (count + self.joint_events)

    def mean(self, count: int, rows: np.ndarray | slice = slice(None)) -> FloatArray:
        """Prior mean after ``count`` events: interpolated in ``log2(count)``.

        Args:
            count: ``n``.
            rows: Which items.

        Returns:
            [I] or aligned with ``rows``, a new array.
        """
        if count == 0 or len(self.knots) < 2:
            found: FloatArray = self.means[0, rows].copy()
            return found
        place = np.log2(count)
        logs = np.log2(np.array(self.knots[1:], float))
        after = int(np.searchsorted(logs, place, "left"))
        rest = np.float32(1.0 - self.completion(count))
        if after == 0:
            found = rest * self.means[1, rows]
        elif after == len(logs):
            found = rest * self.means[-1, rows]
        else:
            share = np.float32((place - logs[after - 1]) / (logs[after] - logs[after - 1]))
            found = (rest * (1 - share)) * self.means[after, rows]
            found += (rest * share) * self.means[after + 1, rows]
        return found

    def posterior_share(self, count: int) -> float:
        """Share of the posterior's shift that counts: the channels explain the rest.

        Args:
            count: ``n``.

        Returns:
            ``strength / (1 + n / strength_events)``, times what completion leaves.
        """
        return self.strength / (1.0 + count / self.strength_events) * (1 - self.completion(count))

    def profile_share(self, count: int) -> float:
        """Share of what a profile says that still counts: a history says it better.

        Args:
            count: ``n``.

        Returns:
            1 without a history; then falling like the posterior's share, 0 if that is 0.
        """
        if count == 0:
            return 1.0
        return self.posterior_share(count) / self.strength if self.strength > 0 else 0.0

    def factors(self, liked: np.ndarray) -> FloatArray:
        """Coordinates of a history in the shared right factor.

        Args:
            liked: Item rows, oldest first.

        Returns:
            float32 [R].
        """
        total = np.zeros(self.right.shape[1], np.float32)
        for channel in self.channels:
            if channel.left is not None and len(liked):
                total += self._weights(channel, len(liked)) @ channel.left[liked]
        return total

    def add(self, scores: FloatArray, liked: np.ndarray) -> None:
        """Add what dense and sparse channels give to scores of all items.

        Args:
            scores: [I]; changed in place.
            liked: Item rows, oldest first.
        """
        if not len(liked):
            return
        for channel in self.channels:
            weights = self._weights(channel, len(liked))
            if channel.dense is not None:
                strong = weights > 1e-4 * weights.max()
                scores += weights[strong] @ channel.dense[liked[strong]]
            elif channel.sparse is not None:
                table = channel.sparse
                for weight, row in zip(weights, liked, strict=True):
                    line = slice(table.indptr[row], table.indptr[row + 1])
                    scores[table.indices[line]] += weight * table.data[line]

    def shares(
        self,
        liked: np.ndarray,
        rows: np.ndarray,
        traces: Mapping[str, FloatArray] | None = None,
    ) -> dict[str, FloatArray]:
        """What each liked event adds to some items' scores, by block.

        Args:
            liked: Item rows, oldest first, [m].
            rows: The items, [K].
            traces: What each event leaves in the shared right factor, [m, R] by block, where
                that is known already.

        Returns:
            [K, m] by block.
        """
        right = self.right[rows]
        known = traces or {}
        found = {name: (right @ trace.T).astype(np.float64) for name, trace in known.items()}
        for channel in self.channels:
            if channel.left is not None and traces is not None:
                continue
            weights = self._weights(channel, len(liked)).astype(np.float64)
            if channel.left is not None:
                table = right.astype(np.float64) @ channel.left[liked].T
            elif channel.dense is not None:
                table = channel.dense[np.ix_(liked, rows)].T.astype(np.float64)
                weights = np.where(weights > 1e-4 * weights.max(initial=0.0), weights, 0.0)
            else:
                table = channel.matrix()[liked][:, rows].toarray().T.astype(np.float64)
            share = table * weights
            earlier = found.get(channel.block)
            found[channel.block] = share if earlier is None else earlier + share
        return found

    def _weights(self, channel: Channel, count: int) -> FloatArray:
        share = self.completion(count)
        if self.joint_events is not None and channel.block != "collaborative":
            share = 1.0 - share
        weights = channel.weights(count)
        return weights if self.joint_events is None else weights * np.float32(share)

    def arrays(self) -> dict[str, FloatArray]:
        """All arrays, by name, for a bundle.

        Returns:
            Plain arrays; :meth:`restore` reads them.
        """
        found: dict[str, FloatArray] = {"right": self.right, "means": self.means}
        for place, channel in enumerate(self.channels):
            if channel.left is not None:
                found[f"left.{place}"] = channel.left
            elif channel.dense is not None:
                found[f"dense.{place}"] = channel.dense
            elif channel.sparse is not None:
                found[f"data.{place}"] = channel.sparse.data
                found[f"indices.{place}"] = channel.sparse.indices
                found[f"indptr.{place}"] = channel.sparse.indptr
        return found

    def meta(self) -> dict[str, Any]:
        """All that is not an array.

        Returns:
            JSON values.
        """
        return {
            "channels": [[one.block, one.decay, one.power] for one in self.channels],
            "knots": list(self.knots),
            "strength": self.strength,
            "strength_events": self.strength_events,
            "joint_events": self.joint_events,
        }

    @classmethod
    def restore(cls, arrays: Mapping[str, FloatArray], meta: Mapping[str, Any]) -> Self:
        """Read back what :meth:`arrays` and :meth:`meta` wrote.

        Args:
            arrays: Arrays by name.
            meta: JSON values.

        Returns:
            The same direction.
        """
        n_items = arrays["means"].shape[1]
        channels = [
            Channel(block, decay, power, **_form(arrays, place, n_items))
            for place, (block, decay, power) in enumerate(meta["channels"])
        ]
        return cls(
            tuple(channels),
            arrays["right"],
            tuple(meta["knots"]),
            arrays["means"],
            meta["strength"],
            meta["strength_events"],
            meta["joint_events"],
        )


def _form(arrays: Mapping[str, FloatArray], place: int, n_items: int) -> dict[str, Any]:
    if f"left.{place}" in arrays:
        return {"left": arrays[f"left.{place}"]}
    if f"dense.{place}" in arrays:
        return {"dense": arrays[f"dense.{place}"]}
    parts: Sequence[Any] = [arrays[f"{name}.{place}"] for name in ("data", "indices", "indptr")]
    return {"sparse": csr_matrix(tuple(parts), (n_items, n_items))}
