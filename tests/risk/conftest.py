"""A small risk model trained inside the tests, and parcels to score."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from data.schedule import Schedule
from models.risk.parcel import RiskParcel, read_parcel
from models.risk.reference import rates_on

TODAY = date(2026, 11, 21)
PARCEL = {
    "id": "1",
    "posted_on": "2026-11-01",
    "description": "men's knitted cotton t-shirt",
    "hts": "6109.10.00.12",
    "origin": "CN",
    "value_usd": 14.0,
    "quantity": 1,
    "weight_kg": 0.2,
    "category": "sale_of_goods",
    "sender": {"name": "Rolen Trading", "country": "CN"},
    "recipient": {
        "name": "Mila Vindez",
        "address": "12 Elm St",
        "city": "Stonefield",
        "postal_code": "44120",
    },
    "origin_post": "CN",
}


@pytest.fixture(scope="session")
def parcel() -> Callable[..., RiskParcel]:
    def made(**changes: Any) -> RiskParcel:
        return read_parcel({**PARCEL, **changes}, TODAY)

    return made


@pytest.fixture(scope="session")
def risk_rates() -> dict[str, float]:
    return rates_on(Schedule.load(), date(2026, 7, 24))


@pytest.fixture(scope="session")
def small_risk(tmp_path_factory: pytest.TempPathFactory, risk_rates: dict[str, float]) -> Any:
    """Trained on few made-up parcels with few trees, no suggester asked: (settings, rows, Trained, catalogue, words)."""
    from data.catalogue import load
    from data.parcel_generator import TRAINING
    from training.evaluate_risk import settings
    from training.parcel_words import words_apart
    from training.train_risk import generated, train

    few = {"trees": 30, "wording_rows": 1, "band_rows": 2, "shifted_parcels": 5000, "suggester": "none"}
    asked, goods = {**settings()["parcels"], **few}, load()
    words = words_apart(goods, asked)
    rows = generated(TRAINING, words.written_from, 7000, risk_rates)
    trained = train(rows, goods, asked, tmp_path_factory.mktemp("risk"), tables=words.tables)
    return asked, rows, trained, goods, words
