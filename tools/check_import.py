"""Check that the base import is light: under 0.3 s, and no heavy library with it.

The best of several fresh processes is measured, so that a busy machine does not fail it.

Run: ``python tools/check_import.py [STATEMENT] [BUDGET_S]`` (default ``import foretaste`` and
0.3); exit code 1 when the budget or the list is broken.
"""

from __future__ import annotations

import json
import subprocess
import sys

BUDGET_S = 0.3
ATTEMPTS = 5
HEAVY = (
    "torch", "transformers", "sentence_transformers", "polars", "pandas", "pyarrow", "matplotlib",
    "scipy", "sklearn", "onnx", "onnxruntime", "openai", "duckdb",
    "fastapi", "starlette", "uvicorn", "sqlalchemy", "alembic", "psycopg", "nicegui", "structlog",
    "prometheus_client", "opentelemetry",
)  # fmt: skip
PROBE = """
import json, sys, time
start_s = time.perf_counter()
{statement}
took_s = time.perf_counter() - start_s
print(json.dumps([took_s, sorted(set(sys.modules) & set({heavy!r}))]))
"""


def probe(statement: str) -> tuple[float, list[str]]:
    """Run one statement in fresh processes.

    Args:
        statement: What to run.

    Returns:
        Seconds of the fastest attempt, and the heavy libraries that came with it.
    """
    best_s, heavy = float("inf"), []
    for _ in range(ATTEMPTS):
        answer = subprocess.run(
            [sys.executable, "-c", PROBE.format(statement=statement, heavy=HEAVY)],
            capture_output=True,
            check=True,
            text=True,
        )
        took_s, heavy = json.loads(answer.stdout.splitlines()[-1])
        best_s = min(best_s, took_s)
    return best_s, heavy


def main(arguments: list[str]) -> int:
    """Check and print what was found.

    Args:
        arguments: The statement and the budget, if not the defaults.

    Returns:
        The exit code.
    """
    statement = arguments[0] if arguments else "import foretaste"
    budget_s = float(arguments[1]) if len(arguments) > 1 else BUDGET_S
    took_s, heavy = probe(statement)
    if heavy:
        print(f"{statement!r} loads {', '.join(heavy)}: import them inside the function")
    if took_s > budget_s:
        print(f"{statement!r} takes {took_s:.2f} s, more than {budget_s} s")
    if heavy or took_s > budget_s:
        return 1
    print(f"{statement!r}: {took_s * 1000:.0f} ms, nothing heavy")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
