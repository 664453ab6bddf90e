"""One file for each step; see the package above."""
