"""The base of every component's settings."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from foretaste.core.digest import digest_of
from foretaste.core.errors import SettingsError

__all__ = ["Settings"]


class Settings(BaseModel):
    """Frozen, typed settings: unknown keys are refused, values are checked once.

    A component subclasses this, documents its fields with ``Field(description=...)``
    and adds its one verb. Derive directly: settings are never inherited twice.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=()
    )

    def digest(self) -> str:
        """Name these settings: equal settings of the same class, equal digest.

        Returns:
            Sixteen hexadecimal characters.
        """
        return digest_of(type(self).__name__, self.model_dump(mode="json"))

    @classmethod
    def of(cls, values: dict[str, Any], where: str = "settings") -> Self:
        """Build from plain values, turning what pydantic says into one sentence.

        Args:
            values: Field names and values, for example one table of a TOML file.
            where: What to name as the place in an error.

        Returns:
            The settings.

        Raises:
            SettingsError: If a key is unknown or a value is not allowed.
        """
        try:
            return cls(**values)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            known = ", ".join(cls.model_fields)
            raise SettingsError(
                f"{name}: {first['msg'].lower()}",
                where=where,
                got=repr(first.get("input")),
                remedy=f"Known settings here: {known}",
            ) from None
