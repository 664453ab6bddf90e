"""Forgetting that reaches the model: shares are subtracted from sums, and solved again."""

from foretaste.app.forgetting.people import (
    Forgotten,
    PartForgotten,
    forget_events,
    forget_people,
    forget_person,
)

__all__ = ["Forgotten", "PartForgotten", "forget_events", "forget_people", "forget_person"]
