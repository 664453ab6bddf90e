"""Lengths that are none are refused in one sentence."""

from __future__ import annotations

import pytest

from foretaste.app.queries import check_count
from foretaste.core.errors import InputError


@pytest.mark.parametrize("n", [0, -1, 1.5, "3", True, None])
def test_what_is_no_length(n: object) -> None:
    with pytest.raises(InputError, match="at least 1"):
        check_count(n)


def test_a_length() -> None:
    check_count(1)
