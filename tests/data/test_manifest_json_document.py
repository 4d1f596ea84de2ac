"""The reader of JSON in pieces finds what a reader of the whole finds, however the pieces fall."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import MailDutyError
from data.manifest.json_document import JsonDocument
from data.manifest.json_objects import names_in

SIGNS = 'ab"\\{}[]:,\n\u20ac'
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(SIGNS, max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(SIGNS, max_size=4), inner, max_size=4)
    ),
    max_leaves=20,
)
OBJECTS = st.lists(st.dictionaries(st.text(SIGNS, max_size=4), VALUES, max_size=4), max_size=5)


def records(text: str, path: tuple[str, ...] = (), size: int = 7) -> list[Any]:
    """Records and codes of faults, of a text in pieces of `size`; an error of the file as its code."""
    pieces = (text[at : at + size] for at in range(0, len(text), size))
    try:
        return [found.fault.code if found.fault else found.record for found in JsonDocument(pieces, [path])]
    except MailDutyError as error:
        return [error.code]


@settings(max_examples=300, deadline=None)
@given(OBJECTS, st.integers(1, 9), st.sampled_from([None, 1]), st.booleans())
def test_it_finds_every_record_as_it_is(
    objects: list[Any], size: int, indent: int | None, ascii_only: bool
) -> None:
    as_list = json.dumps(objects, indent=indent, ensure_ascii=ascii_only)
    in_a_row = "\n".join(json.dumps(one, indent=indent) for one in objects)
    inside = json.dumps({"x": [{}], "Parcels": objects, "y": {"parcels": [{}]}})
    assert records(as_list, size=size) == objects
    assert records(in_a_row, size=size) == objects
    assert records(inside, ("parcels",), size) == objects


@settings(max_examples=300, deadline=None)
@given(st.text('{}[]",:\\a1 \n', max_size=40), st.integers(1, 9))
def test_where_the_pieces_end_changes_nothing(text: str, size: int) -> None:
    for path in ((), ("a",)):
        assert records(text, path, size) == records(text, path, 1_000)


def test_what_stands_beside_the_records_comes_with_those_behind_it() -> None:
    text = '{"day": 1, "box": {"flight": "7"}, "parcels": [{"n": 1}], "late": 2, "more": [{"parcels": 3}]}'
    document = JsonDocument([text], [("parcels",)])
    (found,) = list(document)
    assert found.beside["day"] == 1 and found.beside["box"] == {"flight": "7"}
    assert list(document.late) == ["late", "more"]


def test_names_are_told_by_their_level() -> None:
    assert names_in(['[{"a": {"b": 1}, "c": [{"d": "x: {"}]}]']) == ({"a", "c"}, {"b", "d"})
    assert names_in(['{"a": [1, {"b": 1}], "say \\"c\\"": 2}']) == ({"a", 'say \\"c\\"'}, {"b"})
    assert names_in(["a,b\n"]) == (frozenset(), frozenset())
