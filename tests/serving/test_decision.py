"""Accept, review, hold, and a sentence for every code that anything in the tree can give."""

import ast
import re
from pathlib import Path

from serving.decisions.decision import Decision, Ground, decide, tally
from serving.decisions.reasons import known, reason

ROOT = Path(__file__).resolve().parents[2]
STOP, DOUBT = Ground("VALUE_MISSING", "no value"), Ground("HTS_SHORT", "8 of 10 digits")


def test_nothing_against_it_is_accepted() -> None:
    assert decide([], []) == Decision("accept")


def test_a_doubt_is_reviewed() -> None:
    assert decide([], [DOUBT]) == Decision("review", (DOUBT,))


def test_what_stops_comes_before_what_is_doubted() -> None:
    assert decide([STOP], [DOUBT]) == Decision("hold", (STOP, DOUBT))


def test_the_same_thing_is_said_once() -> None:
    signal = Ground("IDENTIFIER_BAD", "check digit 1 should be 2")
    question = Ground("S10_CHECK_DIGIT", "check digit 1 should be 2")
    assert decide([], [question, signal]).grounds == (question,)


def test_a_tally_has_every_outcome() -> None:
    assert tally([decide([], []), decide([STOP], [])]) == {"accept": 1, "review": 0, "hold": 1}


def test_a_reason_says_what_it_means_and_what_clears_it() -> None:
    for code in known():
        assert reason(code).sentence.endswith(".") and reason(code).remedy.endswith("."), code
        assert re.fullmatch(r"[A-Z0-9_]+", code)


def test_every_code_given_anywhere_has_its_sentence() -> None:
    missing = {code: place for code, place in _codes_in_the_tree().items() if code not in known()}
    assert not missing, f"add these to serving/decisions/reasons.py: {missing}"


# These end a whole run, or a tool, with their own three sentences; they never stand beside an item.
NOT_OF_AN_ITEM = re.compile(
    r"(MANIFEST|RATES|PULL|CATALOGUE|LABELLED|MODEL|FILE|PERIOD|SETTING|OUT|PORT|SERVICE|RECORD|ROWS)_"
    r"|(DECLARATIONS|LABEL|OUTCOMES)_|SCHEDULE_(?!DAY|LATER)|SCREENING_(?!MATCH)"
)


def _codes_in_the_tree() -> dict[str, str]:
    """Code -> place, for every upper-case text given first to an error, a question, a signal or a ground."""
    givers = {
        "MailDutyError",
        "DutyError",
        "Ground",
        "Signal",
        "Note",
        "Fault",
        "Unreadable",
        "ask",
        "fault",
        "_bad",
    }
    found: dict[str, str] = {}
    rooms = ("data", "models/duty", "models/hts/standin.py", "models/risk/standin.py", "serving")
    files = [
        f for room in rooms for f in ([ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"))
    ]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                for text in (a.value for a in node.args[:2] if isinstance(a, ast.Constant)):
                    if (
                        name in givers
                        and isinstance(text, str)
                        and re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", text)
                    ):
                        found.setdefault(text, f"{file.relative_to(ROOT)}:{node.lineno}")
    return {code: place for code, place in found.items() if not NOT_OF_AN_ITEM.match(code)}
