"""Answering with a fitted taste: one person read once, and catalogues that grow."""
