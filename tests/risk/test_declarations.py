"""Past declarations: read, checked for keys that give the label away, measured beside a look-up."""

from pathlib import Path

import numpy as np
import pytest

from data.declarations import LEAKING, Declarations, leaking_tuples, read_declarations, read_outcomes
from data.errors import MailDutyError
from data.label_purity import purity, refuse_after_the_fact, refuse_leaks
from training.evaluate_risk import evaluate_risk, settings
from training.grouped_folds import folds, grouped
from training.measures_risk import auc, average_precision, macro_f1, mean_and_spread, measures
from training.published_split import lookup, published_split

HEADER = (
    "Declaration ID,Date,Office ID,Country of Departure,Country of Origin,Tax Rate,Tax Type,"
    "Country of Origin Indicator,Net Mass,Item Price,Fraud,Critical Fraud,HS10 Code"
)


def made_up(rows: int, seed: int) -> str:
    """A leaking table of our own: the label travels with the tuple, three tuples in four come back."""
    chance = np.random.default_rng(seed)
    lines = [HEADER]
    for n in range(rows):
        tuple_ = int(chance.integers(0, rows // 3))
        known = np.random.default_rng(tuple_)
        code, mass, wrong = known.integers(1, 40), known.integers(1, 500), int(known.random() < 0.25)
        lines.append(
            f"{n},2020-01-01,1,CN,VN,8.0,A,Y,{mass}.0,{mass * 3}.0,{wrong},{wrong},61{code:02d}100012"
        )
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("declarations")
    paths = [folder / f"{name}.csv" for name in ("train", "valid", "test")]
    for seed, (path, rows) in enumerate(zip(paths, (1500, 500, 500), strict=True)):
        path.write_text(made_up(rows, seed))
    return paths


def test_the_label_and_what_is_known_only_afterwards_are_never_inputs(files: list[Path]) -> None:
    held = read_declarations(files[0]).table
    assert "Critical Fraud" not in held.columns
    with pytest.raises(MailDutyError, match="known only once"):
        refuse_after_the_fact(["value", "Raised Tax"], ["Raised Tax"])


def test_a_leaking_key_stops_a_training_unless_it_is_admitted(files: list[Path]) -> None:
    held = read_declarations(files[0])
    found = purity(held.table, held.wrong, LEAKING)
    assert found.leaks and found.agreed > 0.99
    with pytest.raises(MailDutyError) as caught:
        refuse_leaks([found])
    assert caught.value.code == "LABEL_LEAK"
    refuse_leaks([found], [found.name])


def test_a_key_that_says_nothing_does_not_leak() -> None:
    chance = np.random.default_rng(0)
    wrong = (chance.random(4000) < 0.05).astype(float)
    assert not purity({"k": chance.integers(0, 500, 4000)}, wrong, ["k"]).leaks


def test_no_relatives_stand_in_two_folds(files: list[Path]) -> None:
    held = read_declarations(files[0])
    for grouping, group in (("tuple", leaking_tuples(held)), ("hs10", held.table["hs10"])):
        for learned, apart in folds(held, grouping):
            assert not set(group.iloc[learned]) & set(group.iloc[apart])
            assert len(learned) + len(apart) == len(held)


def test_the_harness_prints_model_look_up_seen_and_unseen(
    files: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = settings(published_split={"seeds": [1, 2], "most_trees": 40})
    found = evaluate_risk("customs-declarations", *files, as_json=True, asked=asked)
    assert list(found) == ["model", "lookup", "seen", "unseen"]
    names = ["auc", "ap", "p_at_1", "p_at_5", "p_at_10", "r_at_1", "r_at_5", "r_at_10", "macro_f1", "ece"]
    for row in found.values():
        assert list(row) == names
        assert all(set(value) == {"mean", "sd"} for value in row.values())
    assert capsys.readouterr().out.count("\n") == 1


def test_the_test_file_never_moves_what_was_learned(files: list[Path]) -> None:
    train, valid, test = (read_declarations(f) for f in files)
    other = Declarations(test.table.assign(wrong=1 - test.table["wrong"]), "other")
    asked = {**settings()["published_split"], "seeds": [1], "most_trees": 20}
    one, two = (published_split(train, valid, t, asked).rows["model"]["auc"]["mean"] for t in (test, other))
    assert one is not None and two is not None
    assert abs(one + two - 1) < 1e-4
    assert lookup(train, valid, test)["auc"] > 0.4


def test_measures_are_those_of_the_textbook() -> None:
    from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

    chance = np.random.default_rng(1)
    wrong, score = (chance.random(500) < 0.3).astype(float), np.round(chance.random(500), 1)
    assert auc(wrong, score) == pytest.approx(roc_auc_score(wrong, score))
    assert average_precision(wrong, score) == pytest.approx(average_precision_score(wrong, score))
    assert macro_f1(wrong, score > 0.5) == pytest.approx(f1_score(wrong, score > 0.5, average="macro"))
    ranked = measures(np.array([1.0] * 10 + [0.0] * 90), np.arange(100.0)[::-1], np.zeros(100), 0.5)
    assert (ranked["p_at_10"], ranked["r_at_10"], ranked["p_at_5"]) == (1.0, 1.0, 1.0)
    assert mean_and_spread([{"a": 1.0}, {"a": 3.0}]) == {"a": {"mean": 2.0, "sd": pytest.approx(1.41421)}}


def test_outcomes_are_read_and_a_row_without_one_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.jsonl"
    path.write_text(
        '{"id":"1","outcome":"seized","typology":"restricted"}\n{"id":"2"}\n{"id":"3","outcome":"clean"}\n'
    )
    found, errors = read_outcomes(path)
    assert [(o.wrong, o.typology) for o in found] == [(True, "restricted"), (False, None)]
    assert [e.where["row"] for e in errors] == [2]


@pytest.mark.parametrize(
    "broken", ["a,b\n1,2\n", HEADER + "\n1,2020-01-01,1,CN,VN,x,A,Y,1,1,0,0,6109100012\n"]
)
def test_a_file_that_is_not_the_benchmark_is_refused(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(broken)
    with pytest.raises(MailDutyError):
        read_declarations(path)


def test_the_public_benchmark_leaks_and_grouping_takes_the_leak_away(shared: Path) -> None:
    held = read_declarations(shared / "data" / "risk" / "declarations_valid.csv")
    assert purity(held.table, held.wrong, LEAKING).leaks
    assert not purity(held.table, held.wrong, ["origin"]).leaks


def test_shuffled_labels_leave_nothing_in_grouped_folds(shared: Path) -> None:
    """On the larger file: of few rows, what is learned without a row leans the other way, and AUC falls below one half."""
    held = read_declarations(shared / "data" / "risk" / "declarations_train.csv")
    asked = {**settings()["grouped_folds"], "bags": 1, "trees": 40, "shares": {"few": 1.0}}
    assert abs(grouped(held, "tuple", asked, shuffled=True)["auc"] - 0.5) < 0.02
    found = grouped(held, "tuple", asked)
    assert found["auc"] > 0.6 and found["ece"] < 0.03
