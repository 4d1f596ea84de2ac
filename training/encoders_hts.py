"""The two encoders of the suggester, trained on the same texts or taken over from an earlier model."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.catalogue import Catalogue
from data.catalogue_generate import generate
from data.labelled import Labelled, labelled
from models.artifact import Draft
from models.artifact import load as load_artifact
from models.hts import artifact as folder_of
from models.hts.encoder import StaticEncoder, TransformerEncoder, kind_text
from training.encoder_static import train_static
from training.encoder_tuned import export_onnx, fine_tune
from training.outside_hts import line_examples, outside_examples
from training.pairs_hts import Example


@dataclass(frozen=True)
class Encoders:
    """The static table, and the transformer where the settings want one."""

    table: StaticEncoder
    transformer: TransformerEncoder | None


def encoders(
    goods: Catalogue,
    taught: Sequence[Labelled],
    asked: Mapping[str, Any],
    draft: Draft,
    lines: Mapping[str, str],
    progress: Callable[[str], None],
) -> Encoders:
    """Trains what the settings name and puts it into the draft. ``lines``: the tariff's own words by number."""
    how = asked["encoder"]
    if how.get("reuse"):
        earlier = load_artifact(Path(how["reuse"]))
        progress(f"taking over the encoders of model {earlier.version}")
        folder_of.put_again(draft, earlier)
        draft.about["settings"]["encoder"] = {**how, "reuse": earlier.version}  # a model names no path
        return Encoders(folder_of.table_of(earlier), folder_of.transformer_of(earlier))
    progress(f"writing {asked['rows']} descriptions from {len(goods)} kinds")
    places = {g.id: i for i, g in enumerate(goods.goods)}
    examples = [
        Example(row.whole_text, places[row.kind], max(row.codes))
        for row in map(labelled, generate(goods, int(asked["rows"]), int(asked["seed"])))
    ]
    examples += outside_examples(goods, taught) * int(asked["outside_repeat"])
    examples += line_examples(goods, lines)
    progress(f"training the table on {len(examples)} texts")
    table = _table(examples, goods, asked, draft)
    if how["kind"] == "static":
        return Encoders(table, None)
    progress(f"fine-tuning the transformer in {how['steps']} steps")
    return Encoders(table, _transformer(examples, goods, lines, asked, draft))


def _table(
    examples: Sequence[Example],
    goods: Catalogue,
    asked: Mapping[str, Any],
    draft: Draft,
) -> StaticEncoder:
    how, seed = asked["encoder"], int(asked["seed"])
    mixed = random.Random(seed).sample(list(examples), len(examples))
    pairs = [(e.text, kind_text(goods.goods[e.kind])) for e in mixed]
    tokenizer, table, scale = train_static(
        pairs, int(how["width"]), float(how["epochs"]), seed, how["base"], how["start"]
    )
    folder_of.put_table(draft, tokenizer, table, scale)
    return StaticEncoder(tokenizer, table, scale)


def _transformer(
    examples: Sequence[Example],
    goods: Catalogue,
    lines: Mapping[str, str],
    asked: Mapping[str, Any],
    draft: Draft,
) -> TransformerEncoder:
    how = asked["encoder"]
    threads = int(how["threads"])
    with tempfile.TemporaryDirectory() as work:
        tuned = fine_tune(
            examples,
            goods.goods,
            lines,
            Path(work) / "tuned",
            int(how["steps"]),
            int(how["batch"]),
            threads,
            int(asked["seed"]),
            how["base"],
        )
        out = Path(work) / "encoder.onnx"
        pieces, scale = export_onnx(tuned, out)
        graph = out.read_bytes()
    folder_of.put_transformer(draft, pieces, scale, graph)
    return TransformerEncoder(draft.files["tokenizer.json"].decode(), pieces, scale, graph, threads=threads)
