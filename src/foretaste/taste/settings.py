"""What the prior over tastes may be told. Defaults were chosen on validation people of ML-1M."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from foretaste.core import Settings

__all__ = ["ContentSettings", "DirectionSettings", "Form", "PriorSettings", "Task"]

Task = Literal["later", "complete", "next"]
"""What the missing events are: all that comes later, what is missing at random, or the next."""

Form = Literal["auto", "factored", "dense", "counts", "none"]
"""How the item-to-item map is kept: as factors, item by item, as counts, or not at all."""


class PriorSettings(Settings):
    """The prior ``w ~ N(m, I)`` in feature space and the noise of what is observed."""

    size: int | None = Field(
        None, ge=1, description="Collaborative features D; none is 128, or 48 beyond 20k items"
    )
    language: float = Field(
        0.05, ge=0, description="Variance of the language block, as a share of the collaborative"
    )
    attributes: float = Field(
        0.05, ge=0, description="Variance of the attribute block, as a share of the collaborative"
    )
    block_size: int = Field(24, ge=1, description="Features of the language and attribute blocks")
    noise: float = Field(0.1, gt=0, description="Variance of one fully clear observation")
    absence: float = Field(
        0.0, ge=0, description="Precision of an absent event as evidence against (0 for 'later')"
    )
    kind_noise: dict[str, float] = Field(
        default_factory=dict, description="Factor on the noise of an event kind, else 1"
    )
    half_life_days: float | None = Field(
        None, gt=0, description="Age at which the noise of an event has doubled; none: never"
    )
    profile_fields: tuple[str, ...] | None = Field(
        None, description="People's attributes that may be used; none is all, () is not any"
    )
    profile_ridge: float = Field(100.0, gt=0, description="People behind each profile value")
    context_ridge: float = Field(300.0, gt=0, description="Events behind each context value")
    words: float = Field(0.3, ge=0, description="Score added for each nat of a wish's relevance")
    words_taste: float = Field(
        0.3, ge=0, description="Length of the shift of the prior mean that a wish or profile gives"
    )


class DirectionSettings(Settings):
    """Direction and age: what the order of events adds. ``None`` takes the task's default."""

    form: Form = Field("auto", description="How the item-to-item map is kept")
    decays: tuple[float, ...] | None = Field(
        None, description="Weight kept per event of age, one for each time scale"
    )
    powers: tuple[float, ...] | None = Field(
        None, description="Each scale is divided by (number of events) to this power"
    )
    ridge: float | None = Field(None, gt=0, description="Shrinkage towards no direction")
    basis: int | None = Field(
        None, ge=1, description="Features a history is read in; none is 512, 128 beyond 20k items"
    )
    rank: int | None = Field(
        None, ge=1, description="Features kept of the map; none is 256, or 64 beyond 20k items"
    )
    strength: float = Field(
        0.9, ge=0, description="Share of the posterior's shift that direction leaves standing"
    )
    strength_events: float = Field(
        32.0, gt=0, description="Events after which that share is halved"
    )
    joint_events: float | None = Field(
        None,
        gt=0,
        description="Task 'later': events after which completing the history weighs as much as "
        "what comes later; none leaves completion out",
    )
    shots: tuple[int, ...] = Field(
        (1, 2, 4, 8, 12, 16, 24, 32, 64, 128),
        min_length=1,
        description="Numbers of known events in the tasks it is learned from",
    )
    most_people: int = Field(30_000, ge=1, description="People whose histories become tasks")
    floor: float = Field(0.03, gt=0, description="Prior variance of items beyond the covariance")
    dropout: float = Field(0.33, ge=0, lt=1, description="Share of a history that may be missing")
    dense_items: int = Field(6_000, ge=0, description="Largest catalogue kept item by item")
    out_power: float = Field(0.5, ge=0, le=1, description="Counts: discount of frequent sources")
    in_power: float = Field(0.2, ge=0, le=1, description="Counts: discount of frequent targets")
    shrink: float = Field(20.0, ge=0, description="Counts: added to how often an item occurs")
    window: int = Field(10, ge=1, description="Counts: largest gap in events")
    gap_decay: float = Field(0.8, gt=0, le=1, description="Counts: weight kept per event of gap")
    backwards: float = Field(0.5, ge=0, le=1, description="Counts: share of the other direction")
    text: float = Field(0.15, ge=0, description="Counts: weight of likeness of texts")
    text_power: float = Field(4.0, gt=0, description="Counts: sharpness of likeness of texts")
    text_neighbours: int = Field(200, ge=1, description="Counts: most alike texts kept")


class ContentSettings(Settings):
    """The map from an item's text and attributes to its place among tastes."""

    ridge: float = Field(1.0, gt=0, description="Noise of one well-known item")
    rare: float = Field(10.0, ge=0, description="Likes behind which an item's noise has halved")
    text: float = Field(0.4, ge=0, description="Weight of the text vector")
    text_squared: float = Field(0.25, ge=0, description="Weight of its square (close matches)")
    category: float = Field(0.4, ge=0, description="Weight of each column of categories")
    number: float = Field(1.0, ge=0, description="Weight of each column of numbers")
    fields: dict[str, float] = Field(
        default_factory=dict, description="Weights of single columns, before the above"
    )
    constant: float = Field(0.3, gt=0, description="Weight of what all items share")
    lift: float = Field(
        4.0,
        gt=0,
        description="The map shrinks the taste of an item nobody has met more than its "
        "popularity; this is by how much more",
    )
    new_items: float = Field(
        1.5, gt=0, description="Size of the scores of items nobody has met, beside those met"
    )
    most_items: int = Field(5_000, ge=1, description="Best-known items the map is learned from")
