"""`mailduty train risk` as a function: train, hold against the rules, write the card, log, register."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from data.catalogue import load
from data.declarations import read_outcomes
from data.errors import MailDutyError
from data.parcel_generator import TRAINING
from data.schedule import Schedule
from models.artifact import SHIPPED
from models.risk.reference import rates_on
from models.risk.scorer import OVERALL
from models.risk.wording import Wording
from training.card_risk import Measured, card
from training.evaluate_risk import SETTINGS, settings
from training.parcel_tracks import TrackC, all_inspected, hold_against, shifted
from training.parcel_words import DAY, whole_tables, wording_rows, words_apart
from training.tracking import run
from training.train_risk import from_outcomes, generated, shuffled, train


def train_command(
    file: Path = SETTINGS,
    out: Path = SHIPPED / "risk",
    outcomes: Path | None = None,
    register: bool = True,
    say: Callable[[str], None] = print,
    asked: Mapping[str, Any] | None = None,
) -> TrackC:
    """Trains on made-up parcels, with an operator's outcomes instead where they are given.

    The champion moves only where the gates of the settings hold. Raises ``LABEL_LEAK`` before anything is learned,
    ``OUTCOMES_EMPTY`` and whatever a row of the outcomes has against it.
    """
    held = dict(asked or settings(file)["parcels"])
    began = time.monotonic()

    def progress(text: str) -> None:
        say(f"{time.monotonic() - began:6.0f} s  {text}")

    goods = load()
    progress("dealing words out, loading the suggester")
    words = words_apart(goods, held)
    tables = words.tables
    if outcomes is None:
        progress(f"making {held['training_parcels']} parcels")
        count, rates = int(held["training_parcels"]), rates_on(Schedule.load(), DAY)
        rows = generated(TRAINING, words.written_from, count, rates)
        source = "made-up parcels of the training generator"
    else:
        past, errors = read_outcomes(outcomes)
        for error in errors:
            say(f"{error.code}: {error}")
        if not past:
            raise MailDutyError(
                "OUTCOMES_EMPTY", f"{outcomes.name} holds no outcome that reads", "", "give JSON lines"
            )
        rows, source = from_outcomes(past, date.today()), "parcels with outcomes of the operator"
        told = wording_rows(goods, int(held["wording_rows"]), int(held["seed"]))
        tables = whole_tables(goods, Wording.fit(told), held)
        held = {**held, "past": all_inspected(held["past"])}
    with run("risk", f"train {date.today()}") as started:
        started.parameters({"settings": held, "source": source})
        trained = train(rows, goods, {**held, "source": source}, out, progress, tables)
        started.table("purity", [p.as_json() for p in trained.purities])
        progress("holding it against the rules on the shifted generator")
        found = hold_against(trained.artifact, shifted(words, held))
        alone = hold_against(trained.artifact, shifted(words, held, unasked=1.0))
        progress("the same with shuffled labels, as a control")
        with tempfile.TemporaryDirectory() as work:
            mixed = shuffled(rows, int(held["seed"]))
            admitted = {**held, "admitted_leaks": [p.name for p in trained.purities]}
            control = train(mixed, goods, admitted, Path(work), tables=tables)
            chance = hold_against(control.artifact, shifted(words, held, shuffle=True)).overall["auc"]
        text = card(trained, Measured(found, alone, chance), held)
        (out / "card.md").write_text(text, encoding="utf-8")
        started.text("card.md", text)
        started.measures(
            {k.replace(" ", "_"): v for k, v in found.measures().items()}
            | {f"without_suggester.{k}": v for k, v in alone.measures().items()}
            | {"shuffled.auc": chance}
        )
        good = passes(found, chance, held)
        if register:
            version = started.register("risk", out, champion=good)
            say(
                f"registered as risk version {version}" + (", champion" if good else "; a gate does not hold")
            )
    say(f"model {trained.artifact.version} in {out}; shuffled labels give AUC {chance:.3f} ({OVERALL})")
    return found


def passes(found: TrackC, shuffled: float, asked: Mapping[str, Any]) -> bool:
    """True where every gate of the settings holds."""
    gates = asked["gates"]
    worst = max(row["ece"] for row in (*found.typologies.values(), found.overall))
    return (
        worst <= float(gates["calibration_error"])
        and (found.beats_rules or not gates["beats_rules"])
        and abs(shuffled - 0.5) <= float(gates["shuffled_auc"])
    )
