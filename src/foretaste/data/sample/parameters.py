"""What sets the sample world's generator: one frozen bundle of numbers."""

from __future__ import annotations

from pydantic import Field

from foretaste.core import Settings

__all__ = ["DAYS", "DAY_S", "START_S", "WorldSettings"]

START_S = 1_693_526_400
"""2023-09-01 00:00 UTC, when the service opens."""

DAYS = 730
"""How long the audience is watched, in days."""

DAY_S = 86_400


class WorldSettings(Settings):
    """Numbers of the generator; the defaults made the packaged audience.

    They were set by hand so that simple baselines behave as on real film data: popularity is a
    fair guess, neighbours and EASE are clearly better, the true utility is better still, and
    words say something about new films. No learner of this package took part in setting them.
    """

    seed: int = Field(20230901, description="seed of everything random")
    people: int = Field(2000, ge=1, description="people, ann and bob first")
    slate: int = Field(14, ge=1, description="films shown at a visit")
    fame_spread: float = Field(0.85, ge=0, description="spread of hidden prominence")
    fame_known: float = Field(1.4, description="added prominence of widely known films")
    exposure_fashion: float = Field(1.1, ge=0, description="weight of fashion in what is shown")
    exposure_new: float = Field(1.6, ge=0, description="lift of a film on its first day")
    exposure_buzz: float = Field(
        0.4, ge=0, description="weight of what others have watched lately in what is shown"
    )
    exposure_more_like: float = Field(
        2.2, ge=0, description="weight of likeness to the film watched last in what is shown"
    )
    search_chance: float = Field(0.22, ge=0, le=1, description="visits that begin with a search")
    search_pull: float = Field(6.0, ge=0, description="weight of the words in a search's slate")
    choice_scale: float = Field(2.6, gt=0, description="utility against chance in a choice")
    outside: float = Field(2.8, description="utility of watching nothing")
    outside_step: float = Field(0.9, ge=0, description="added after every film of the same visit")
    quality_seen: float = Field(
        0.4, ge=0, le=1, description="share of a film's quality that shows before watching"
    )
    satiety_days: float = Field(9.0, gt=0, description="how fast satiation passes")
    buzz_half_life_days: float = Field(14.0, gt=0, description="how fast others' watching fades")
    give_up_below: float = Field(0.0, description="mood below which a person may not come back")
    give_up_chance: float = Field(0.4, ge=0, le=1, description="chance of giving up then")
