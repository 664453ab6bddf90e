"""What is known of a person, as a vector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foretaste.core.dataset import Role
from foretaste.core.verbs import Encoder
from foretaste.language.templates import Template, person_text

__all__ = ["profile_vector"]


def profile_vector(
    encoder: Encoder,
    profile: Mapping[str, Any],
    roles: Mapping[str, Role] | None = None,
    *,
    template: Template | None = None,
) -> NDArray[np.float32] | None:
    """Encode a person's profile; their past is evidence of its own and is not in it.

    Args:
        encoder: Whose space.
        profile: Attributes, and a free text under ``text``.
        roles: Roles of attributes, as ``Dataset.people_roles``.
        template: Which sentences; the English one of this package when left out.

    Returns:
        A vector of length one, float32 [D], or ``None`` when nothing is known.
    """
    text = person_text(profile, roles, template=template)
    if not text:
        return None
    vector = encoder.encode([text])[0]
    return vector if vector.any() else None
