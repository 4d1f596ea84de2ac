"""The risk model's card, written from the run that made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data.parcel_generator import VERSION
from training.signals_risk import table as signals_table

if TYPE_CHECKING:
    from training.parcel_tracks import TrackC
    from training.train_risk import Trained


@dataclass(frozen=True)
class Measured:
    """On the shifted generator: with the suggester, without it, and the AUC left when labels are shuffled."""

    found: TrackC
    without_suggester: TrackC
    shuffled: float


def card(trained: Trained, measured: Measured | None, asked: Mapping[str, Any]) -> str:
    """Markdown: what it is, what it learned from, what it measured beside the rules, what it must not be used for."""
    about = trained.artifact.about
    lines = [
        f"# Risk score {trained.artifact.version}",
        "",
        "Ranks parcels for inspection: a calibrated probability for each typology and over all, with reasons, on top of",
        f"transparent rules. Learned from {about['rows']} {about['source']}. **It awaits the operator's outcomes**: train it",
        "again with `mailduty train risk --outcomes FILE` as soon as there are any, and inspect a random share always.",
        "",
        "It reads what was declared and the operator's own history. Country alone is never a signal: only whether origin,",
        "sender, route, brand and goods agree. Names become salted hashes before they are counted. A name on a screening",
        "list is a hold beside the score. **A person decides; a score is a reason to look, not a finding.**",
        "",
        f"Asked about declared numbers, in training and for the figures below: {about['suggester']}. Only calibrated confidences are",
        "read, so another suggester may take its place, as one in the package may have since: `mailduty evaluate risk` measures",
        "with the one in use. Without one the score does with its word table, and was trained for both.",
        "",
    ]
    if measured is not None:
        lines += _measured(measured)
    lines += [
        "## Keys that might give the label away",
        "Share of rows whose key repeats, and how often the other rows of that key name the label rightly:",
        "",
        "| key | covered | right | leaks |",
        "|---|---|---|---|",
    ]
    lines += [f"| {p.name} | {p.covered:.1%} | {p.agreed:.1%} | {p.leaks} |" for p in trained.purities]
    lines += [
        "",
        "## Signals",
        "What it looks at, where that is worked out and which test holds it; every name has a meaning that reasons use.",
        "",
        *signals_table(),
        "",
        "## Limits",
        "- The made-up parcels carry what we thought of. Frauds nobody thought of are not in them.",
        "- Misclassification is flattered. Wrong numbers come from a table and descriptions from the catalogue that the",
        "  suggester knows. They are written in words that word table and suggester's index do not have, but",
        "  the suggester's encoder has met them in its training; real descriptions are stranger.",
        "- Probabilities are calibrated to the generator's shares of wrong parcels, not to anybody's mail.",
        "- Usual values are the built-in samples of the catalogue until the operator's own history or reference values",
        "  take their place; the answer names which bands it used.",
        "- Origin against brand is learned from the operator's own parcels of that brand (no open table of where brands are",
        "  made could be had); a brand never seen before says nothing.",
        "- Duty at stake is the whole duty of the day where origin, number and facts allow it, else the general rate; the",
        "  answer says which.",
        f"- Generator version {VERSION}. Settings: `{dict(asked)}`",
        "",
    ]
    return "\n".join(lines)


def _measured(measured: Measured) -> Iterator[str]:
    found, alone = measured.found, measured.without_suggester
    yield "## Measured on the shifted generator"
    yield f"{found.parcels} made-up parcels with other goods, senders, severities and noise than those learned from"
    yield "(`mailduty evaluate risk --benchmark parcels`). **This is no measure of detection in real mail.**"
    yield ""
    yield (
        "| typology | share | recall, 5% opened | rules alone | precision at 1% | rules alone | AUC | calibration error |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for name, row in (
        *found.typologies.items(),
        ("overall", found.overall),
        *((f"{t}, no suggester", r) for t, r in alone.typologies.items() if t == "misclassification"),
        ("overall, no suggester", alone.overall),
    ):
        yield (
            f"| {name} | {row['share']:.1%} | {row['r_at_5']:.3f} | {row['rules_r_at_5']:.3f} | {row['p_at_1']:.3f} "
            f"| {row['rules_p_at_1']:.3f} | {row['auc']:.3f} | {row['ece']:.4f} |"
        )
    alarms = ", ".join(
        f"{k} {v:.1%} (rules {found.hard[f'rules_{k}']:.1%})"
        for k, v in found.hard.items()
        if not k.startswith("rules_")
    )
    yield from ("", f"Hard negatives among the 5% opened: {alarms}.", "")
    yield f"All labels shuffled before anything is read: AUC {measured.shuffled:.3f} over all (0.5 is right)."
    yield ""
