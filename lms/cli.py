"""The one command-line program, ``lms``: a console script over Flask's commands."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app  # noqa: TID251  # the command line is an edge
from flask.cli import FlaskGroup, ScriptInfo, with_appcontext

from lms import create_app
from lms.config import Misconfigured

CONFIGURATION_ERROR = 78  # EX_CONFIG of sysexits.h


class _Program(FlaskGroup):
    """Says what is wrong with the configuration instead of showing where it was found."""

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        try:
            return super().main(*args, **kwargs)
        except Misconfigured as wrong:
            click.echo(f"lms: {wrong}", err=True)
            raise SystemExit(CONFIGURATION_ERROR) from None


@click.group(
    cls=_Program,
    create_app=create_app,
    add_default_commands=False,
    add_version_option=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
def main() -> None:
    """Sijil: training, competency evidence and verifiable certificates."""


def _running() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    return app


@main.command()
@click.option("--sample", is_flag=True, help="Also load the sample institute, once.")
@with_appcontext
def init(*, sample: bool) -> None:
    """Prepare instance folder, database, keys and fonts. Safe to repeat."""
    from lms import setting_up

    for line in setting_up.prepare(sample=sample):
        click.echo(line)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--sample", is_flag=True, help="Load the sample institute first, once.")
@click.option("--worker/--no-worker", default=True, help="Run the job worker beside the server.")
@with_appcontext
def serve(host: str, port: int, *, sample: bool, worker: bool) -> None:
    """Serve the pages and run the jobs until Ctrl-C."""
    from lms import serving

    raise SystemExit(serving.serve(_running(), host, port, sample=sample, with_worker=worker))


@main.command()
@click.option("--concurrency", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--parent", type=int, hidden=True)
@with_appcontext
def worker(concurrency: int, parent: int | None) -> None:
    """Run background jobs until told to stop, one at a time in each of so many processes."""
    # What sets and signs PDFs too: workers are forked from here, and have in common what is loaded.
    from lms.certificates import signing  # noqa: F401
    from lms.jobs import supervisor
    from lms.printing import pdf  # noqa: F401
    from lms.web import logs
    from lms.web.running import settings

    logs.configure(settings())
    memory = settings().worker_memory
    supervisor.Supervisor(
        _running(),
        count=concurrency,
        parent=parent,
        prepare=lambda: supervisor.limit_memory(memory),
    ).run()


@main.command()
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object.")
@with_appcontext
def demo(*, as_json: bool) -> None:
    """Run the main job: from a competency standard to a verified certificate."""
    from lms import setting_up
    from lms.sample import demo as demonstration

    for line in setting_up.prepare(sample=True):
        click.echo(line)
    demonstration.run(as_json=as_json)


@main.command()
@click.argument("what", metavar="FILE|CODE")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--name", default="", help="The name on it, to be compared.")
@click.option(
    "--bundle",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check the FILE by this trust bundle: without database, network or configuration.",
)
@click.pass_context
def verify(
    context: click.Context, what: str, *, as_json: bool, name: str, bundle: Path | None
) -> None:
    """Check a certificate by its PDF FILE or its verification CODE.

    Exit 0 valid, 1 genuine but not valid now, 3 unknown, 4 altered, 5 cannot be checked.
    """
    if bundle is not None:
        from lms.checking import offline_cli

        raise SystemExit(offline_cli.verify(Path(what), bundle, as_json=as_json, name=name))
    with context.ensure_object(ScriptInfo).load_app().app_context():
        from lms.checking import cli

        raise SystemExit(cli.verify_here(what, as_json=as_json, name=name))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def doctor(*, as_json: bool) -> None:
    """Say whether this installation can run, in plain words. Exit 1 when it cannot."""
    from lms import doctor as looking

    found = looking.findings()
    if as_json:
        click.echo(json.dumps({each.topic: each.trouble for each in found}, ensure_ascii=False))
    else:
        for each in found:
            click.echo(
                f"{'WRONG' if each.trouble else 'ok':6} {each.topic:14} {each.trouble}".rstrip()
            )
    sys.exit(1 if any(each.trouble for each in found) else 0)


if __name__ == "__main__":
    main()
