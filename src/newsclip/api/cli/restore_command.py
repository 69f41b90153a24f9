"""`newsclip restore`."""

from pathlib import Path

import click

from newsclip.api.cli.backup_command import copied_facts, copied_to_dict
from newsclip.api.cli.options import common_options, json_option, load_settings
from newsclip.api.cli.output import print_facts, print_json
from newsclip.api.cli.progress_bar import progress_bar


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Take the place of an archive that is there already.")
@json_option
@common_options
def restore(file: Path, replace: bool, as_json: bool) -> None:
    """Make the archive from a backup.

    FILE is checked, and copied into the directory of the archive. An archive that is there already
    is kept beside the new one, under a name that is printed; nothing may have it open, so stop the
    service first.
    """
    from newsclip.index.restore import restore as put_back

    directory = load_settings().data
    with progress_bar("B", unit_scale=True) as show:
        made = put_back(file, directory, replace, show)
    replaced = None if made.replaced is None else str(made.replaced)
    if as_json:
        print_json({"archive": str(directory), **copied_to_dict(made), "replaced": replaced})
    else:
        kept = [] if replaced is None else [("replaced", f"kept as {replaced}")]
        print_facts([("archive", str(directory)), *copied_facts(made), *kept])
