"""The `mapper` command. A subcommand's module loads only when it runs, so that `mapper --help` is instant."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import click

# name -> one line for `mapper --help`; the command lives in mapper/cli/<name>.py as `command`.
COMMANDS: dict[str, str] = {
    "new": "Begin a project: settings, a first mapping, an example.",
    "check": "Find mistakes in .map files.",
    "fmt": "Format .map files.",
    "run": "Translate messages, in either direction.",
    "validate": "Check X12 files: syntax, guide, balance, situations, codes.",
    "post": "Show what an 835 asks to be posted, and refuse what is out of balance.",
    "acknowledge": "Answer X12 files with TA1, 999 and 277CA.",
    "acknowledged": "Read TA1, 999 and 277CA, beside what was sent.",
    "trace": "Show where each element of an output came from.",
    "test": "Run the examples of .map files.",
    "verify": "Test the laws of mappings on generated messages.",
    "coverage": "Show what mappings leave out.",
    "schema": "Browse a format: fields, elements, codes.",
    "build": "Compile mappings to a release folder.",
    "explain": "What an error code means, with examples.",
    "demo": "A tour: one message there and back.",
}

EXIT_CODES = """\b
Exit codes: 0 all is well; 1 something is wrong with what was read (a mapping,
a message, an example); 2 the call is wrong (an unknown name, a missing file)."""


class LazyGroup(click.Group):
    """A group that imports a subcommand's module when that subcommand is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"mapper.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command where there is none of the asked name."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from mapper.suggest import nearest

            close = nearest(args[0], COMMANDS)
            ctx.fail(f"there is no command {args[0]!r}" + (f"; did you mean {close}?" if close else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table above, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a subcommand; what it raises becomes a message and an exit code, never a traceback."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get("MAPPER_DEBUG"):
                raise
            from mapper.cli.problems import tell

            ctx.exit(tell(error))


def _show_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib import metadata  # takes longer to load than the rest of the command

        click.echo(f"mapper {metadata.version('mapper')}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
def main() -> None:
    """Write, check, run and verify mappings between healthcare formats."""
