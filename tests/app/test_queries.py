"""Questions of a wrong type end in one sentence."""

from __future__ import annotations

import pytest

from foretaste.app.queries import make_query
from foretaste.core import Vocabulary
from foretaste.core.errors import InputError, UnknownIdError


@pytest.mark.parametrize("field", ["history", "candidates", "allow", "deny"])
def test_a_number_is_no_list(field: str) -> None:
    with pytest.raises(InputError, match=f"{field} must be a list"):
        make_query(**{field: 5})


def test_a_list_is_no_id() -> None:
    with pytest.raises(UnknownIdError, match="no item has the id"):
        Vocabulary(["a"]).row(["a"])  # type: ignore[arg-type]
