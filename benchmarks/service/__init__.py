"""The service under load and under faults: ``python -m benchmarks.service.speed`` and siblings."""
