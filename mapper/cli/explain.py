"""`mapper explain [CODE]`."""

from __future__ import annotations

import json
import sys

import click

from mapper.explain import Unknown, explain, listing


@click.command(help="Say what a code means, with a wrong and a right example; without a code, list them all.")
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
def command(code: str | None, as_json: bool) -> None:
    """Show the page of an error code."""
    if code is None:
        click.echo(listing(), nl=False)
        return
    page = explain(code)
    if isinstance(page, Unknown):
        raise click.UsageError(page.message)
    if as_json:
        entry = page.entry
        click.echo(
            json.dumps({"code": entry.code, "slug": entry.slug, "summary": entry.summary, "page": page.text})
        )
    elif sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(page.text))
    else:
        click.echo(page.text, nl=False)
