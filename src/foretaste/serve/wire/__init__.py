"""Version 1 of the wire: what is sent and what comes back, apart from the core's values."""
