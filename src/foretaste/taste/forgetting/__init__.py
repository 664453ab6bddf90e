"""What the prior takes from people besides likes, as sums from which anybody can be taken out."""

from foretaste.taste.forgetting.circumstances import CircumstanceSums
from foretaste.taste.forgetting.profiles import SOFTENING, ProfileSums

__all__ = ["SOFTENING", "CircumstanceSums", "ProfileSums"]
