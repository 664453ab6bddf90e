"""What is believed of a taste before the first event: mean, features, words, profile, context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from foretaste.core import Dataset, Evidence, FloatArray
from foretaste.sums import (
    MOST_PAIRED,
    PeopleSums,
    covariance_factors,
    likes_of,
    pair_factors,
    pairs_of,
    principal_axes,
    ridge,
)
from foretaste.taste.content import attribute_features
from foretaste.taste.forgetting import CircumstanceSums, ProfileSums
from foretaste.taste.profile import ProfileTable, learn_context
from foretaste.taste.settings import ContentSettings, PriorSettings

__all__ = ["Prior", "basis_of", "learn_prior", "sizes_for"]

_LARGE = 20_000


def sizes_for(n_items: int, prior: int | None, basis: int | None) -> tuple[int, int]:
    """Numbers of features when the settings leave them open.

    Args:
        n_items: ``I``.
        prior: The prior's size, or ``None``.
        basis: The size of the basis histories are read in, or ``None``.

    Returns:
        Both; the basis is never the smaller one.
    """
    small = n_items <= _LARGE
    size = prior or (128 if small else 48)
    return size, max(basis or (512 if small else 128), size)


@dataclass(frozen=True, eq=False)
class Prior:
    """``f_ui = mu_i + phi_i . w_u``, ``w_u ~ N(m(x_u), I)``; ``S`` is absorbed in ``phi``.

    Attributes:
        popularity: ``mu``: share of people who like each item, [I].
        features: ``phi``: the blocks side by side, float32 [I, D].
        blocks: Where each block's features are: start and stop by name.
        words_map: From text vectors to a shift of the prior mean, float32 [D_text, D].
        profiles: What attributes of a person shift.
        contexts: Shift of scores for each context value, float32 [V, I].
        context_values: Which row of ``contexts`` belongs to ``"column=value"``.
        absence: Shift of the prior mean by the absence of everything, [D].
    """

    popularity: FloatArray
    features: FloatArray
    blocks: Mapping[str, tuple[int, int]]
    words_map: FloatArray
    profiles: ProfileTable
    contexts: FloatArray
    context_values: Mapping[str, int]
    absence: FloatArray

    def profile_shift(self, evidence: Evidence, length: float) -> FloatArray | None:
        """``m(x_u)``: prior mean from attributes and a text about the person.

        Args:
            evidence: Whoever asks.
            length: Length of a text's shift.

        Returns:
            [D], or ``None`` when nothing is known.
        """
        shift = self.profiles.shift(evidence.profile)
        vector = evidence.profile_vector
        if vector is None or len(vector) != len(self.words_map):
            return shift
        told = self.words_shift(vector, length)
        return told if shift is None else shift + told

    def words_shift(self, vector: FloatArray, length: float) -> FloatArray:
        """Prior mean that words give through the text-to-taste map.

        Args:
            vector: Of the words, [D_text].
            length: Length of the result.

        Returns:
            [D].
        """
        shift = np.asarray(vector, np.float64) @ self.words_map
        norm = float(np.linalg.norm(shift))
        found: FloatArray = shift * (length / norm) if norm > 0 else shift
        return found

    def context_shift(self, context: Mapping[str, Any]) -> FloatArray | None:
        """What time, device, place ... add to every score.

        Args:
            context: As in :class:`~foretaste.core.Evidence`.

        Returns:
            [I], or ``None`` when nothing of it is known.
        """
        if not self.context_values:
            return None
        rows = [self.context_values.get(f"{name}={value}", -1) for name, value in context.items()]
        known = [row for row in rows if row >= 0]
        return self.contexts[known].sum(axis=0) if known else None


def learn_prior(
    sums: PeopleSums,
    settings: PriorSettings,
    content: ContentSettings,
    basis: FloatArray,
    size: int,
) -> Prior:
    """Learn the prior from everybody.

    The collaborative block is the eigendecomposition of ``C = X'X/U - mu mu'``: with full 0/1
    rows its maximum-likelihood factors (Tipping & Bishop 1999). Language and attribute blocks
    are principal components scaled to a share of its variance. Of people only sums are needed.

    Args:
        sums: The data, as sums over people.
        settings: Sizes and strengths.
        content: Weights of the attribute columns.
        basis: Leading factors of ``C``, [I, F].
        size: How many of them the collaborative block keeps.

    Returns:
        The prior.
    """
    dataset, counts = sums.items, likes_of(sums)
    popularity = counts.first / max(counts.people, 1)
    parts = _parts(dataset, settings, content, basis[:, :size])
    text = dataset.vectors.get("text")
    blocks, start = {}, 0
    for name, part in parts.items():
        blocks[name] = (start, start + part.shape[1])
        start += part.shape[1]
    empty = np.zeros((dataset.n_items, 0), np.float32)
    features = np.ascontiguousarray(np.hstack([empty, *parts.values()]), np.float32)
    absence: FloatArray = np.zeros(features.shape[1])
    if settings.absence > 0 and features.shape[1]:
        features, absence = _with_absence(features, popularity, settings.absence)
        blocks = {"collaborative": (0, features.shape[1])}  # absence ties the blocks together
    circumstances = sums.take("circumstances", CircumstanceSums.of)
    contexts, values = learn_context(circumstances, popularity, settings)
    return Prior(
        popularity,
        features,
        blocks,
        _words_map(text, features, counts.first),
        ProfileTable.learn(_profiles(sums, settings), features, popularity, settings),
        contexts,
        values,
        absence,
    )


def _profiles(sums: PeopleSums, settings: PriorSettings) -> ProfileSums:
    """Who likes what by profile; as many numbers as items times values, so only kept for few."""
    fields = settings.profile_fields
    name = "profiles" if fields is None else f"profiles by {', '.join(fields)}"
    if sums.items.n_items > MOST_PAIRED:
        return ProfileSums.of(sums.rows(name), fields)
    return sums.take(name, lambda data: ProfileSums.of(data, fields))


def basis_of(sums: PeopleSums, size: int, rng: np.random.Generator) -> FloatArray:
    """Leading factors of the covariance of who likes what.

    From the sums over pairs of items; beyond :data:`foretaste.sums.MOST_PAIRED` items from the
    people's rows.

    Args:
        sums: The data, as sums over people.
        size: How many.
        rng: Draws the starting block.

    Returns:
        float32 [I, size'].
    """
    counted = pairs_of(sums)
    if counted is not None:
        return pair_factors(counted, size, rng)
    liked = sums.rows("what is liked together").liked
    return covariance_factors(liked[np.diff(liked.indptr) > 0], size, rng)


def _parts(
    dataset: Dataset, settings: PriorSettings, content: ContentSettings, collaborative: FloatArray
) -> dict[str, FloatArray]:
    """Feature blocks by name; language and attributes scaled to a share of the variance."""
    parts = {"collaborative": collaborative}
    total = float((collaborative**2).sum()) / max(dataset.n_items, 1)
    scale = total if total > 0 else 0.01
    text = dataset.vectors.get("text")
    if text is not None and settings.language > 0:
        centre, axes = principal_axes(text, settings.block_size)
        known = np.linalg.norm(text, axis=1, keepdims=True) > 0
        parts["language"] = _scaled(
            np.where(known, (text - centre) @ axes, 0), scale, settings.language
        )
    if settings.attributes > 0:
        raw = attribute_features(dataset, settings.block_size, content)
        parts["attributes"] = _scaled(raw, scale, settings.attributes)
    return {name: part for name, part in parts.items() if part.shape[1]}


def _with_absence(
    features: FloatArray, popularity: FloatArray, precision: float
) -> tuple[FloatArray, FloatArray]:
    """Fold weak evidence against every item into the prior.

    ``S_a = (I + a phi'phi)^-1 = L L'``, ``m_a = -a S_a phi' mu``; in the basis in which the
    prior covariance is ``I`` again features are ``phi L`` and the mean is ``-a L' phi' mu``.
    """
    wide = features.astype(np.float64)
    values, axes = np.linalg.eigh(wide.T @ wide)
    root = axes / np.sqrt(1.0 + precision * np.maximum(values, 0.0))
    shift = -precision * (root.T @ (wide.T @ popularity))
    return np.ascontiguousarray(wide @ root, np.float32), shift


def _scaled(part: FloatArray, total: float, share: float) -> FloatArray:
    present = (part**2).sum() / max(len(part), 1)
    scaled: FloatArray = (part * np.sqrt(share * total / max(present, 1e-30))).astype(np.float32)
    return scaled


def _words_map(text: FloatArray | None, features: FloatArray, counts: FloatArray) -> FloatArray:
    """Ridge from item texts to item features, well-known items counting more."""
    if text is None or not features.shape[1]:
        return np.zeros((0, features.shape[1]), np.float32)
    weight = (counts / (counts + 10.0)).astype(np.float32)[:, None]
    gram = text.T @ (weight * text)
    strength = 0.05 * float(np.trace(gram)) / max(len(gram), 1) * np.sqrt(len(gram)) + 1e-6
    return ridge(gram, text.T @ (weight * features), strength).astype(np.float32)
