"""Operations: jobs and health, models, keys, data in and out, the audit log."""

from foretaste.console.pages.office.operations import operations

__all__ = ["operations"]
