"""`mailduty party`: what is set for a party, shown and set."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import yaml

from data.errors import MailDutyError
from serving.commands.keys_desk import operator
from serving.ledger import Ledger
from serving.parties import set_thresholds, thresholds_of


def show(party: str) -> None:
    """Prints the thresholds that decide a party's items, as YAML, under the name that its records carry."""
    with closing(Ledger.open()) as ledger:
        held = thresholds_of(ledger, party)
    print(f"# {held.version}")
    print(yaml.safe_dump(held.model_dump(mode="json"), sort_keys=False, allow_unicode=True), end="")


def set_from(party: str, file: Path) -> None:
    """Sets a party's thresholds from a YAML file; what it does not name stays as shipped."""
    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise MailDutyError(
            "THRESHOLDS_INVALID", f"{file} cannot be read: {error}"[:300], "", "give a YAML file"
        ) from error
    with closing(Ledger.open()) as ledger:
        held = set_thresholds(ledger, party, said or {}, datetime.now(UTC), operator())
    print(f"{party} is decided by {held.version} from now on.")
