"""The suggester's answers: shape, order, levels, questions, flags. A small model trained in the tests."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from data.catalogue import Catalogue
from data.catalogue import load as load_catalogue
from data.errors import MailDutyError
from data.schedule import Schedule
from models.artifact import SHIPPED, Artifact, Draft
from models.artifact import load as load_artifact
from models.hts.artifact import finder_of, suggester_of
from models.hts.encoder import KindVectors
from models.hts.evidence import ItemText
from models.hts.ranker import LEVELS, roll_up
from models.hts.suggester import Suggester
from training.train_hts import Trained

TEXTS = (
    "acrylic earrings for women",
    "usb c wall charger 20w",
    "wireless earbuds bluetooth",
    "hoop earrings zinc alloy",
    "running shoes mens",
)


@pytest.fixture(scope="module")
def suggester(small_model: Trained, small_catalogue: Catalogue) -> Suggester:
    leaves = {line.code for line in Schedule.load().leaves(date(2026, 7, 24))}
    return suggester_of(small_model.artifact, small_catalogue, leaves, catalogue="test")


def items(*texts: str) -> list[ItemText]:
    return [ItemText(str(i), text) for i, text in enumerate(texts)]


def test_answers_keep_order_and_ids(suggester: Suggester) -> None:
    answers = suggester.suggest(items(*TEXTS))
    assert [a.id for a in answers] == [str(i) for i in range(len(TEXTS))]
    assert [a.as_json() for a in suggester.suggest(items(*TEXTS))] == [a.as_json() for a in answers]


def test_a_batch_answers_as_its_items_do(suggester: Suggester) -> None:
    alone = [suggester.suggest(items(text))[0].as_json()["suggestions"] for text in TEXTS]
    together = [a.as_json()["suggestions"] for a in suggester.suggest(items(*TEXTS))]
    assert alone == together


def test_the_plain_cases_are_right(suggester: Suggester) -> None:
    headings = [a.suggestions[0].code[:4] for a in suggester.suggest(items(*TEXTS))]
    assert headings[:4] == ["7117", "8504", "8518", "7117"]
    assert headings[4].startswith("64")


def test_json_has_the_keys_of_the_contract(suggester: Suggester) -> None:
    said = suggester.suggest(items(TEXTS[0]))[0].as_json()
    assert {"id", "suggestions", "answer", "missing", "evidence", "flags", "versions"} <= set(said)
    assert all(len(s["hts"]) in (8, 10) and s["hts"].isdigit() for s in said["suggestions"])
    confidences = [s["confidence"] for s in said["suggestions"]]
    assert confidences == sorted(confidences, reverse=True) and all(0 <= c <= 1 for c in confidences)
    assert said["answer"]["level"] == len(said["answer"]["hts"] or "")
    assert said["evidence"][0]["words"]


def test_confidence_never_grows_with_depth(suggester: Suggester) -> None:
    for answer in suggester.suggest(items(*TEXTS)):
        for p in suggester.rank(items(*TEXTS)):
            sums = [next(iter(roll_up(p, level).values())) for level in LEVELS]
            assert all(a >= b - 1e-9 for a, b in itertools.pairwise(sums))
        assert answer.code is None or any(s.code.startswith(answer.code) for s in answer.suggestions)


def test_more_confidence_asked_never_gives_a_deeper_answer(suggester: Suggester) -> None:
    for text in TEXTS:
        depths = [
            len(suggester.suggest(items(text), confidence=c)[0].code or "") for c in (0.2, 0.5, 0.8, 0.97)
        ]
        assert depths == sorted(depths, reverse=True)


def test_top_limits_the_list(suggester: Suggester) -> None:
    assert len(suggester.suggest(items("earrings"), top=2)[0].suggestions) <= 2


@pytest.mark.parametrize("text", ["gift", "sample", "", "12345", "parts"])
def test_vague_texts_are_said_to_be_vague(suggester: Suggester, text: str) -> None:
    answer = suggester.suggest(items(text))[0]
    assert answer.code is None and not answer.suggestions
    assert any(f["flag"] == "vague" and "Say what" in f["message"] for f in answer.flags)


def test_other_languages_are_named(suggester: Suggester) -> None:
    (answer,) = suggester.suggest(items("耳环 女士"))
    assert any(f["flag"] == "language" and f["message"].startswith("Chinese") for f in answer.flags)


def test_the_senders_number_is_confirmed_completed_or_contradicted(suggester: Suggester) -> None:
    best = suggester.suggest(items("acrylic earrings for women"))[0].suggestions[0].code

    def verdict(declared: str) -> str:
        item = ItemText("a", "acrylic earrings for women", declared_hts=declared)
        return next(f["code"] for f in suggester.suggest([item])[0].flags if f["flag"] == "declared")

    assert verdict(best) == "CONFIRMED"
    assert verdict(best[:6]) == "COMPLETED"
    assert verdict("8504408500") == "CONTRADICTED"


def test_a_question_separates_and_states_the_stake(suggester: Suggester) -> None:
    def duty(asked: Sequence[tuple[ItemText, Sequence[str]]]) -> list[dict[str, Decimal | None]]:
        return [{c: Decimal(c[-4:]) / 100 for c in codes} for _, codes in asked]

    (answer,) = suggester.suggest(items("mens shoes"), duty=duty)
    assert answer.missing
    question = answer.missing[0]
    assert question.ask.endswith("?") and len(question.answers) > 1 and question.gain > 0
    assert question.stake is not None and question.stake > 0
    assert {a.codes for a in question.answers} != {question.answers[0].codes}
    assert sum(a.probability for a in question.answers) == pytest.approx(1)


def test_numbers_out_of_force_are_never_suggested(small_model: Trained, small_catalogue: Catalogue) -> None:
    without = suggester_of(small_model.artifact, small_catalogue, {"7117199000"})
    codes = {s.code for a in without.suggest(items(*TEXTS)) for s in a.suggestions}
    assert codes <= {"7117199000"}


def test_model_folder_loads_and_refuses_an_altered_file(small_model: Trained, tmp_path: Path) -> None:
    source = small_model.artifact.folder
    assert source is not None
    for path in source.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert load_artifact(tmp_path).version == small_model.artifact.version
    (tmp_path / "ranker.txt").write_text("tree", encoding="utf-8")
    with pytest.raises(MailDutyError) as caught:
        load_artifact(tmp_path)
    assert caught.value.code == "MODEL_ALTERED"


def test_model_folder_holds_no_pickle(small_model: Trained) -> None:
    for name in small_model.artifact.files:
        if name.endswith(".npz"):
            assert all(a.dtype.kind != "O" for a in small_model.artifact.arrays(name).values())
        assert name.endswith((".json", ".txt", ".npz", ".onnx"))


def test_kinds_changed_after_training_are_encoded_anew() -> None:
    shipped, goods = load_artifact(SHIPPED / "hts"), load_catalogue()
    held = shipped.arrays("kinds.npz")
    draft = Draft({})
    draft.arrays("kinds.npz", sums=held["sums"][5:], table=held["table"][5:], scale=held["scale"][5:])
    fewer = Artifact(shipped.about, {**shipped.files, "kinds.npz": draft.files["kinds.npz"]})
    whole, again = finder_of(shipped, goods).encoder, finder_of(fewer, goods).encoder
    assert isinstance(whole, KindVectors) and isinstance(again, KindVectors)
    assert not np.array_equal(whole.vectors[:5], again.vectors[:5])
    assert (whole.vectors * again.vectors).sum(axis=1).min() > 0.99
