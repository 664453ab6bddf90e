"""Entry point: commands by name, errors as one sentence and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from foretaste.cli import ask, data, doctor, evaluate, fit, quickstart
from foretaste.cli.output import fail
from foretaste.cli.service import bundles, keys, serve, store
from foretaste.core.errors import ForetasteError

__all__ = ["app", "main"]

app = typer.Typer(
    name="foretaste",
    help="A recommender that understands words. Start with: foretaste quickstart",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(quickstart.quickstart)
app.add_typer(data.app, name="data")
app.command()(data.download)
app.command()(fit.fit)
app.command()(ask.recommend)
app.command()(ask.explain)
app.command()(ask.similar)
app.command()(ask.audience)
app.command()(ask.predict)
app.command()(evaluate.evaluate)
app.command()(serve.serve)
app.command()(keys.console)
app.command()(bundles.forget)
app.add_typer(bundles.app, name="bundles")
app.add_typer(keys.app, name="keys")
app.add_typer(store.app, name="store")
app.command()(doctor.doctor)
app.command()(doctor.version)


_INTERRUPTED = "Interrupted; nothing half-written was left behind."


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit.

    Args:
        arguments: Words after the program's name; those of the process when left out.

    Raises:
        SystemExit: Always, with 0 for success, 2 for input that cannot be used, 1 for
            anything else that went wrong, 130 after Ctrl-C.
    """
    try:
        app(args=None if arguments is None else list(arguments))
    except ForetasteError as error:
        fail(str(error))
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        fail(_INTERRUPTED)
        raise SystemExit(130) from None
    except SystemExit as stop:
        if stop.code == 130:  # typer turns Ctrl-C into this
            fail(_INTERRUPTED)
        raise
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except OSError as error:
        fail(f"{error.filename or 'the system'}: {error.strerror or error}.")
        raise SystemExit(1) from None
