"""The risk model's card, written from the run that made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from training.parcel_tracks import TrackC
    from training.train_risk import Trained


def card(trained: Trained, found: TrackC | None, shuffled: float | None, asked: Mapping[str, Any]) -> str:
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
        "sender, route and goods agree. Names become salted hashes before they are counted. A name on a screening list is",
        "a hold beside the score. **A person decides; a score is a reason to look, not a finding.**",
        "",
    ]
    if found is not None:
        lines += _measured(found, shuffled)
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
        "## Limits",
        "- The made-up parcels carry what we thought of. Frauds nobody thought of are not in them.",
        "- Probabilities are calibrated to the generator's shares of wrong parcels, not to anybody's mail.",
        "- Usual values are the built-in samples of the catalogue until the operator's own history or reference values",
        "  take their place; the answer names which bands it used.",
        "- Duty at stake takes the number's general rate where the whole duty of the parcel is not handed in.",
        f"- Settings: `{dict(asked)}`",
        "",
    ]
    return "\n".join(lines)


def _measured(found: TrackC, shuffled: float | None) -> list[str]:
    lines = [
        "## Measured on the shifted generator",
        f"{found.parcels} made-up parcels with other goods, senders, severities and noise than those learned from",
        "(`mailduty evaluate risk --benchmark parcels`). **This is no measure of detection in real mail.**",
        "",
        "| typology | share | recall, 5% opened | rules alone | precision at 1% | rules alone | AUC | calibration error |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in (*found.typologies.items(), ("overall", found.overall)):
        lines.append(
            f"| {name} | {row['share']:.1%} | {row['r_at_5']:.3f} | {row['rules_r_at_5']:.3f} | {row['p_at_1']:.3f} "
            f"| {row['rules_p_at_1']:.3f} | {row['auc']:.3f} | {row['ece']:.4f} |"
        )
    alarms = ", ".join(
        f"{k} {v:.1%} (rules {found.hard[f'rules_{k}']:.1%})"
        for k, v in found.hard.items()
        if not k.startswith("rules_")
    )
    lines += ["", f"Hard negatives among the 5% opened: {alarms}.", ""]
    if shuffled is not None:
        lines += [
            f"All labels shuffled before anything is read: AUC {shuffled:.3f} over all (0.5 is right).",
            "",
        ]
    return lines
