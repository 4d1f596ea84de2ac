"""The suggester's card, written from the run that made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from training.scoring import LEVELS

if TYPE_CHECKING:
    from training.train_hts import Trained

# Published by others, % exact at 2, 4, 6, 8, 10 digits; see the sources named in the text.
PUBLISHED = {
    "marketplace titles (HSCodeComp, 632 rows)": {
        "GPT-5": "82.6  69.8  56.3  41.0  29.0",
        "best open agent with web search": "82.1  72.1  62.4  52.4  46.8",
        "TF-IDF, nearest line of the schedule": "46.0  23.1  12.8  7.8  5.4",
    },
    "CBP rulings (ATLAS, 200 rows)": {
        "8B model fine-tuned on 119,602 rulings": "-  -  61.0  -  41.0",
        "GPT-5": "-  -  55.5  -  25.0",
    },
}


def _encoders(trained: Trained) -> str:
    files = trained.artifact.files
    return "a static table and a transformer (ONNX, int8)" if "encoder.onnx" in files else "a static table"


def card(trained: Trained, asked: Mapping[str, Any]) -> str:
    """Markdown: what it is, what it was trained on, what it measured, what it must not be used for."""
    about = trained.artifact.about
    lines = [
        f"# HTSUS suggester {trained.artifact.version}",
        "",
        "Suggests ten-digit US tariff numbers from item descriptions, with calibrated confidence, evidence and the",
        "question that would decide. Trained on descriptions generated from `data/catalogue` and on public labelled",
        "text; never on a file whose name says dev or validation. **It is an aid: a person answers for an entry.**",
        "",
        f"Encoders: {_encoders(trained)}. Schedule of the labels: {about['schedule']}. Data sha256 {about['data_sha256'][:16]}.",
        "",
        "## Measured",
        "`mailduty evaluate hts --data FILE`; % exact, top-1, with 95% Wilson intervals.",
        "",
        "| file | rows | " + " | ".join(f"{n} digits" for n in LEVELS) + " |",
        "|---" * (2 + len(LEVELS)) + "|",
    ]
    for name, report in trained.reports.items():
        cells = " | ".join(str(report.scores.table[1, n]) for n in LEVELS)
        lines.append(f"| {name} | {report.scores.rows} | {cells} |")
    lines += [
        "",
        "| file | top-5 at 10 | right among candidates at 10 | calibration error at 6 | coverage at 90% precision, 6 digits |",
        "|---|---|---|---|---|",
    ]
    for name, report in trained.reports.items():
        lines.append(
            f"| {name} | {report.scores.table[5, 10]} | {100 * report.ceiling[10].share:.1f} "
            f"| {report.calibration_error[6]:.3f} | {100 * report.coverage[6][0.9]:.0f}% |"
        )
    lines += ["", "## Beside it: what others publish (% at 2, 4, 6, 8, 10 digits)", ""]
    for what, systems in PUBLISHED.items():
        lines += [f"{what}:", ""] + [f"- {name}: {figures}" for name, figures in systems.items()] + [""]
    lines += [
        "The files measured here are the parts of those sets set aside for choosing; they are small, so read the intervals.",
        "",
        "## What it does not do",
        "- It knows goods that the catalogue knows. Other goods get a near neighbour with low confidence, or none.",
        "- Watches and clocks of the 95 eight-digit lines without ten-digit lines are answered with eight digits.",
        "- Descriptions in other languages are flagged for review; words it knows in them still count.",
        "",
        "## Settings",
        "",
        "```yaml",
        *(f"{k}: {v}" for k, v in about["settings"].items()),
        "```",
        "",
    ]
    return "\n".join(lines)
