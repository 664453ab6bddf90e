"""What every request passes through, in plain ASGI: nothing here buffers an answer."""

from foretaste.serve.middleware.cors import Cors
from foretaste.serve.middleware.frame import Frame
from foretaste.serve.middleware.limits import Limits
from foretaste.serve.middleware.rate import RateLimit

__all__ = ["Cors", "Frame", "Limits", "RateLimit"]
