"""Forgetting that reaches the model: shares are subtracted from sums, and parts solved again."""

from foretaste.app.forgetting.people import forget_events, forget_people, forget_person
from foretaste.app.forgetting.solving import Forgotten, PartForgotten, fit_settled, refit_parts

__all__ = [
    "Forgotten",
    "PartForgotten",
    "fit_settled",
    "forget_events",
    "forget_people",
    "forget_person",
    "refit_parts",
]
