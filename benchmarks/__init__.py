"""The measured comparisons: ``python -m benchmarks.kshot`` and its siblings."""
