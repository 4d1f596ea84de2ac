"""What holds for every item, in every regime: never negative, never falling, summed from its lines."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from data.law import Law
from data.schedule import Schedule
from models.duty import DutyAssessment, DutyError, DutyRequest, assess_many
from models.duty.rounding import to_cents

LAW, SCHEDULE = Law.load(), Schedule.load()
LINES = ["6109.10.0012", "7326.90.8688", "8703.23.01", "3004.90.9218", "0102.29.4062", "8517.62.0090", "4901.99.0093",
         "3926.90.99", "8471.30.01", "9503.00.0011", "0104.20.0000", "7418.10.00", "8483.90.20"]  # fmt: skip
ORIGINS = "CN HK MO IN JP DE KR TW CH GB CA MX BR RU CU VN MU US VI ZZ".split()[:-1]
DAYS = [date(2025, 1, 2), date(2025, 4, 10), date(2025, 5, 2), date(2025, 6, 4), date(2025, 8, 28), date(2025, 8, 29),
        date(2025, 11, 9), date(2025, 11, 14), date(2026, 2, 23), date(2026, 2, 24), date(2026, 4, 6), date(2026, 7, 23),
        date(2026, 7, 24), date(2026, 8, 22), date(2026, 10, 22)]  # fmt: skip
QUANTITIES = {"net_kg": 12.5, "head": 3}

cents = st.integers(min_value=0, max_value=250_000).map(lambda n: Decimal(n) / 100)
facts = st.fixed_dictionaries(
    {},
    optional={
        "method": st.sampled_from(["ad_valorem", "specific"]),
        "gift": st.booleans(),
        "patented": st.booleans(),
        "metal": st.sampled_from(["steel", "copper", "aluminum"]),
        "metal_weight_pct": st.integers(0, 100),
        "s232": st.sampled_from(["unresolved", "no", "trucks"]),
        "s338_listed": st.booleans(),
        "donation": st.booleans(),
        "ems": st.booleans(),
    },
)


@st.composite
def requests(draw: st.DrawFn) -> DutyRequest:
    return DutyRequest(
        draw(st.uuids()).hex,
        draw(st.sampled_from(DAYS)),
        draw(st.sampled_from(["mail", "informal", "formal"])),
        draw(st.sampled_from(ORIGINS)),
        draw(st.sampled_from([*LINES, None])),
        draw(cents),
        {**QUANTITIES, **draw(facts)},
    )


def answered(many: list[DutyRequest]) -> list[DutyAssessment | DutyError]:
    return assess_many(many, LAW, SCHEDULE)


@settings(max_examples=200, deadline=None)
@given(requests())
def test_duty_is_never_negative_and_adds_up_from_its_lines(request: DutyRequest) -> None:
    (found,) = answered([request])
    if isinstance(found, DutyError):
        assert found.code and found.message
        return
    answer = found.as_json()
    assert all(Decimal(line["amount_usd"]) >= 0 for line in answer["lines"])
    assert Decimal(answer["duty_usd"]) == sum(Decimal(line["amount_usd"]) for line in answer["lines"])
    assert Decimal(answer["fees_usd"]) * 100 == sum(line.amount for line in found.fee_lines)
    assert found.fees >= 0


# A lower duty on a higher value would be a fault, but within one rate line: the exemptions end at a value.
@settings(max_examples=200, deadline=None)
@given(requests(), cents)
def test_duty_never_falls_when_the_value_rises(request: DutyRequest, more: Decimal) -> None:
    richer = DutyRequest(
        request.id, request.entry_date, request.channel, request.origin, request.hts,
        request.value_usd + more, request.facts,
    )  # fmt: skip
    less, greater = answered([request, richer])
    if isinstance(less, DutyAssessment) and isinstance(greater, DutyAssessment):
        assert greater.duty >= less.duty


@settings(max_examples=50, deadline=None)
@given(st.lists(requests(), max_size=8), st.randoms())
def test_an_answer_does_not_depend_on_its_neighbours_or_their_order(
    many: list[DutyRequest], random: Any
) -> None:
    shuffled = list(many)
    random.shuffle(shuffled)
    by_id = {found.id: found.as_json() for found in answered(shuffled)}
    assert [by_id[one.id] for one in many] == [found.as_json() for found in answered(many)]


@settings(max_examples=100, deadline=None)
@given(st.decimals(min_value=0, max_value=10_000, places=6, allow_nan=False))
def test_rounding_is_half_up_to_the_cent(amount: Decimal) -> None:
    found = Decimal(to_cents(amount)) / 100
    assert abs(found - amount) <= Decimal("0.005")
    if found < amount:
        assert amount - found < Decimal("0.005")
