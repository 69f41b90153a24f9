"""`newsclip export-onnx`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from newsclip.api.cli.options import common_options, json_option
from newsclip.api.cli.output import print_facts, print_json


@click.command("export-onnx")
@click.argument("model")
@click.option("--out", metavar="DIR", required=True, help="Folder to write the model to.")
@json_option
@common_options
def export_onnx(model: str, out: str, as_json: bool) -> None:
    """Write a model's ONNX files, for servers without torch.

    MODEL is the name or folder of a sentence-transformers model. DIR becomes a copy that also
    loads with backend "onnx" and, in 8 bits, "int8". The extra is needed for writing only:
    pip install 'newsclip[export]'
    """
    from newsclip.training.export import export_onnx as export

    exported = export(model, Path(out))
    if as_json:
        print_json(asdict(exported) | {"folder": str(exported.folder)})
    else:
        likeness = f"cosine {exported.likeness_int8:.3f} to them"
        print_facts(
            [
                ("model", str(exported.folder)),
                ("onnx", f"{exported.megabytes:.1f} MB, the embeddings of torch"),
                ("int8", f"{exported.megabytes_int8:.1f} MB, {likeness}"),
            ]
        )
