"""Links between nearest texts after the fit are those of a fit."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from foretaste.core import stream
from foretaste.taste.direction.item_maps import _nearest_texts
from foretaste.taste.serving.nearest import with_nearest
from foretaste.taste.settings import DirectionSettings


def made(text: np.ndarray, settings: DirectionSettings) -> csr_matrix:
    table = _nearest_texts(text, settings.text_neighbours, settings.text_power)
    table.data *= np.float32(settings.text)
    return table


@pytest.mark.parametrize("neighbours", [3, 200])
@pytest.mark.parametrize("new", [1, 5])
def test_items_at_the_end_are_linked_as_if_they_had_been_there(neighbours: int, new: int) -> None:
    settings = DirectionSettings(text_neighbours=neighbours)
    text = stream(0).normal(size=(40, 6)).astype(np.float32)
    text /= np.linalg.norm(text, axis=1, keepdims=True)
    before = made(text[:-new], settings)
    starts = np.append(before.indptr, np.full(new, before.indptr[-1]))
    wider = csr_matrix((before.data, before.indices, starts), (40, 40))
    found = with_nearest(wider, text, np.arange(40 - new, 40), settings)
    np.testing.assert_allclose(found.toarray(), made(text, settings).toarray(), atol=1e-6)


def test_a_changed_text_has_other_links_and_no_old_ones() -> None:
    settings = DirectionSettings(text_neighbours=4)
    text = stream(1).random(size=(20, 5)).astype(np.float32)
    text /= np.linalg.norm(text, axis=1, keepdims=True)
    before = made(text, settings)
    text[7] = text[3]
    found = with_nearest(before, text, np.array([7]), settings).toarray()
    assert found[7, 3] == pytest.approx(settings.text, rel=1e-5)
    assert found[3, 7] == pytest.approx(settings.text, rel=1e-5)
    np.testing.assert_allclose(found[7], made(text, settings).toarray()[7], atol=1e-6)
    assert (found > 0).sum(axis=1).max() <= 4
