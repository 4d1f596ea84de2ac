"""Lists are read whole or not at all; names match in another order, script and spelling; unrelated names do not."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from data.errors import MailDutyError
from data.parcel_world import name_of
from data.screening import ListedName, ScreeningList, read_folder, read_ofac, read_un
from models.risk.names import folded, latin
from models.risk.parcel import RiskParcel
from models.risk.screening import Screener

SDN = '1,"VERDANOV, Kasimir Petrovich","individual","TEST",-0- ,-0- \n2,"ORLUND SHIPPING CO., LTD.",-0- ,"TEST",-0- ,-0- \n\x1a\n'
ALT = '1,1,"aka","VERDANOFF, Casimir",-0- \n'
UN = """<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09Z"><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID>
<FIRST_NAME>TALMIR</FIRST_NAME><SECOND_NAME>AL-QADERI</SECOND_NAME><REFERENCE_NUMBER>XXi.1</REFERENCE_NUMBER>
<NAME_ORIGINAL_SCRIPT>تلمير القادري</NAME_ORIGINAL_SCRIPT>
<INDIVIDUAL_ALIAS><ALIAS_NAME>Talmeer Qadri</ALIAS_NAME></INDIVIDUAL_ALIAS></INDIVIDUAL></INDIVIDUALS></CONSOLIDATED_LIST>"""


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> list[ScreeningList]:
    folder = tmp_path_factory.mktemp("lists")
    (folder / "ofac_sdn.csv").write_text(SDN)
    (folder / "ofac_alt.csv").write_text(ALT)
    (folder / "un_consolidated.xml").write_text(UN)
    return read_folder(folder)


def test_lists_keep_names_aliases_own_script_and_their_version(lists: list[ScreeningList]) -> None:
    ofac, united = lists
    assert [(n.entry, n.alias) for n in ofac.names] == [("1", False), ("2", False), ("1", True)]
    assert united.version.startswith("2026-02-27 ")
    assert [n.name for n in united.names] == ["TALMIR AL-QADERI", "Talmeer Qadri", "تلمير القادري"]


@pytest.mark.parametrize(
    "name",
    [
        "Kasimir Verdanov",
        "VERDANOV Kasimir Petrovich",
        "Касимир Верданов",
        "Kasymir Verdanow",
        "Casimir Verdanoff",
        "Orlund Shipping",
        "Talmeer al Qaderi",
        "تلمير القادري",
    ],
)
def test_a_listed_name_is_found_in_another_order_script_or_spelling(
    lists: list[ScreeningList], name: str
) -> None:
    assert Screener(lists).match([name])[0] is not None


@pytest.mark.parametrize(
    "name", ["Hanna Weber", "Kasimir Smith", "Orlando Shipman", "Li Wei", "X", "", "Shipping"]
)
def test_other_names_are_not(lists: list[ScreeningList], name: str) -> None:
    assert Screener(lists).match([name])[0] is None


def test_a_match_is_a_hold_that_names_list_version_and_score(
    lists: list[ScreeningList], parcel: Callable[..., RiskParcel]
) -> None:
    held, free = Screener(lists).screen([parcel(recipient={"name": "Kasimir Verdanov"}), parcel()])
    assert free == ()
    (reason,) = held
    assert reason.code == "SCREENING_MATCH" and 0.86 <= reason.weight <= 1
    assert (
        lists[0].version in reason.sentence
        and "OFAC SDN" in reason.sentence
        and "recipient" in reason.sentence
    )


def test_letters_of_other_scripts_are_read() -> None:
    assert latin("Щербаков") == "shcherbakov"
    assert latin("김민수") == "gimminsu"
    assert (
        folded("Muhammad") == folded("Mohammad")[:1] or folded("Muhammad")[0][0] == folded("Mohammad")[0][0]
    )


def test_a_thousand_parcels_against_twenty_thousand_names_take_less_than_a_second(
    parcel: Callable[..., RiskParcel],
) -> None:
    chance = random.Random(3)
    names = tuple(ListedName(f"{name_of(chance)} {name_of(chance)}", str(n)) for n in range(20_000))
    screener = Screener([ScreeningList("made up", "1", names)])
    asked = [
        parcel(sender={"name": name_of(chance)}, recipient={"name": name_of(chance)}) for _ in range(1000)
    ]
    began = time.process_time()
    screener.screen(asked)
    assert time.process_time() - began < 1.0


def test_what_is_no_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MailDutyError, match="no screening list"):
        read_folder(tmp_path)
    (tmp_path / "ofac_sdn.csv").write_text("<html>,sorry,not,here\n")
    with pytest.raises(MailDutyError, match="entry number"):
        read_ofac(tmp_path / "ofac_sdn.csv")
    (tmp_path / "un_consolidated.xml").write_text('<!DOCTYPE x [<!ENTITY a "b">]><CONSOLIDATED_LIST/>')
    with pytest.raises(MailDutyError, match="entities"):
        read_un(tmp_path / "un_consolidated.xml")


def test_the_official_lists_read(shared: Path) -> None:
    found = read_folder(shared / "data" / "screening")
    assert {one.title for one in found} == {"OFAC SDN", "OFAC consolidated", "UN Security Council"}
    assert sum(len(one.names) for one in found) > 20_000
    assert Screener(found).match(["Hanna Weber"]) == [None]
