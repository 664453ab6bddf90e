"""How the ratings head learns: content, factors, and calibration on held-out people."""
