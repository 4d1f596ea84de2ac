"""What we know of goods: the catalogue's records, read from ``data/catalogue/**/*.yaml``.

A *kind* of goods is what a seller means by a noun ("phone case"). Its words say how sellers call it, its
facts say what decides between tariff numbers, its table says which facts lead to which number.
``data/catalogue/README.md`` describes the files for the people who write them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from data.errors import MailDutyError
from data.remembered import remembered

FOLDER = Path(__file__).parent / "catalogue"
FACTS, WORDS = "facts.yaml", "words.yaml"  # shared facts; words that mean nothing
YamlLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _text(value: Any) -> Any:
    """YAML reads ``no`` as false and ``925`` as a number; in a word list both are words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, (int, float)) else value


Word = Annotated[str, BeforeValidator(_text)]


class Record(BaseModel):
    """Strict base: an unknown key is a spelling mistake, and said to be one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Value(Record):
    """One possible value of a fact: the words that show it in text, or the range that is it."""

    words: list[Word] = []
    over: Decimal | None = None  # exclusive lower bound, in the fact's unit
    to: Decimal | None = None  # inclusive upper bound, in the fact's unit


class Fact(Record):
    """A fact that decides between tariff numbers, with the question put to a person."""

    ask: str
    values: dict[Word, Value]
    unit: str | None = None

    @field_validator("values", mode="before")
    @classmethod
    def _words_alone(cls, values: Mapping[Any, Any]) -> dict[str, Any]:
        return {
            _text(k): v if isinstance(v, (dict, Value)) else {"words": v or []} for k, v in values.items()
        }


class Row(BaseModel):
    """One row of a decision table: the fact values it asks for, and the tariff number it leads to."""

    model_config = ConfigDict(extra="allow", frozen=True)
    hts: str

    @field_validator("hts")
    @classmethod
    def _digits(cls, text: str) -> str:
        digits = text.replace(".", "")
        if not (digits.isascii() and digits.isdigit() and len(digits) in (8, 10)):
            raise ValueError(f"{text!r} is not an eight- or ten-digit tariff number")
        return digits

    @property
    def when(self) -> dict[str, tuple[str, ...]]:
        """Fact name -> the values this row accepts."""
        extra = self.__pydantic_extra__ or {}
        return {
            k: tuple(_text(x) for x in v) if isinstance(v, list) else (_text(v),) for k, v in extra.items()
        }


class Confusion(Record):
    """A neighbour these goods are taken for, the fact that decides, and why, in our own words."""

    with_: Word = Field(alias="with")  # a heading, a subheading, or another kind's id
    by: str
    why: str


class Travels(Record):
    """Where and how these goods travel: category paths, price in USD, weight in kg, usual origins."""

    category: list[list[Word]] = []
    usd: tuple[float, float] | None = None
    kg: tuple[float, float] | None = None
    origin: list[Word] = Field(default=[], alias="from")


class Kind(Record):
    """One kind of goods: its words, its deciding table, its neighbours, its way through the mail."""

    id: str
    names: list[Word]
    features: list[Word] = []
    cn22: list[Word] = []
    translated: list[Word] = []
    foreign: list[Word] = []
    misspelt: list[Word] = []
    table: str | None = None
    codes: list[Row] = []
    given: dict[str, Word] = {}
    usual: dict[str, Word | dict[Word, float]] = {}
    confused: list[Confusion] = []
    travels: Travels = Travels()


class Read(Record):
    """The second reading: how many disagreements it found and how they were settled."""

    disagreements: int = 0
    settled: str = ""


class CatalogueFile(Record):
    """One YAML file: a heading, or a family of headings."""

    heading: list[Word]
    goods: str
    form: str = "full"
    second_reading: Read | None = None
    facts: dict[str, Fact] = {}
    tables: dict[str, list[Row]] = {}
    travels: Travels = Travels()
    kinds: list[Kind]

    @field_validator("heading", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return value if isinstance(value, list) else [value]


@dataclass(frozen=True)
class Goods:
    """A kind with everything it takes from its file: facts, table and travel defaults resolved."""

    kind: Kind
    heading: tuple[str, ...]
    form: str
    facts: dict[str, Fact]
    rows: tuple[Row, ...]
    travels: Travels
    path: str

    @cached_property
    def id(self) -> str:
        """``file-stem/kind``: unique in the catalogue, stable while the file keeps its name."""
        return f"{Path(self.path).stem}/{self.kind.id}"

    def code(self, facts: Mapping[str, str]) -> str | None:
        """The tariff number (digits) that these facts lead to; None where no row answers."""
        for hts, when in self._open_rows:
            for name, accepted in when:
                if facts.get(name) not in accepted:
                    break
            else:  # every condition holds
                return hts
        return None

    def code_of(self, values: tuple[str, ...]) -> str | None:
        """``code`` for the values of ``asked``, in that order; remembered, because batches ask the same again."""
        known = self._codes
        if values not in known:
            known[values] = self.code(dict(zip(self.asked, values, strict=True)))
        return known[values]

    @cached_property
    def _codes(self) -> dict[tuple[str, ...], str | None]:
        return {}

    @cached_property
    def _open_rows(self) -> tuple[tuple[str, tuple[tuple[str, frozenset[str]], ...]], ...]:
        """The rows that ``given`` leaves possible, each with the conditions still open."""
        given = self.kind.given
        found = []
        for row in self.rows:
            when = row.when
            if any(name in given and given[name] not in accepted for name, accepted in when.items()):
                continue
            open_ = tuple((n, frozenset(v)) for n, v in when.items() if n not in given)
            found.append((row.hts, open_))
            if not open_:
                break  # nothing below it can answer
        return tuple(found)

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The facts its table asks for and that ``given`` leaves open, in the table's order."""
        return tuple(dict.fromkeys(name for _, when in self._open_rows for name, _ in when))

    def weights(self, fact: str) -> dict[str, float]:
        """How likely each value of a fact is in mail traffic (sums to 1)."""
        known = self._weights.get(fact)
        if known is None:
            known = self._weights[fact] = self._usual(fact)
        return known

    @cached_property
    def _weights(self) -> dict[str, dict[str, float]]:
        return {}

    def _usual(self, fact: str) -> dict[str, float]:
        values = list(self.facts[fact].values)
        usual = self.kind.usual.get(fact)
        if isinstance(usual, dict):
            raw = {v: float(usual.get(v, 0)) for v in values}
        elif usual is not None:
            raw = {v: 6.0 if v == usual else 4.0 / max(1, len(values) - 1) for v in values}
        else:
            raw = dict.fromkeys(values, 1.0)
        total = sum(raw.values()) or 1.0
        return {v: w / total for v, w in raw.items()}


@dataclass(frozen=True)
class Catalogue:
    """Every kind of goods, with the files it came from and what could not be read."""

    goods: tuple[Goods, ...]
    files: dict[str, CatalogueFile]
    errors: tuple[MailDutyError, ...] = ()
    by_id: dict[str, Goods] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Goods]:
        return iter(self.goods)

    def __len__(self) -> int:
        return len(self.goods)


def read_facts(folder: Path = FOLDER) -> dict[str, Fact]:
    """The facts many files share (``facts.yaml``): wearer, fibre, material and the like."""
    raw = yaml.load((folder / FACTS).read_text(encoding="utf-8"), YamlLoader)
    return {name: Fact.model_validate(body) for name, body in raw.items()}


def read_file(path: Path, shared: Mapping[str, Fact], root: Path = FOLDER) -> list[Goods]:
    """The goods of one file. Raises MailDutyError CATALOGUE_UNREADABLE naming file and place."""
    return _resolve(_parse(path), path, shared, root)


def _parse(path: Path) -> CatalogueFile:
    return _validated(_yaml(path), path)


def _yaml(path: Path) -> Any:
    """The file's YAML; where it is none, the complaint as a text, which then does not validate."""
    try:
        return _text_keys(yaml.load(path.read_text(encoding="utf-8"), YamlLoader))
    except yaml.YAMLError as why:
        return str(why)


def _text_keys(value: Any) -> Any:
    """The same with every key as text: JSON, in which parsed files are remembered, has no other keys."""
    if isinstance(value, dict):
        return {str(_text(k)): _text_keys(v) for k, v in value.items()}
    return [_text_keys(v) for v in value] if isinstance(value, list) else value


def _validated(raw: Any, path: Path) -> CatalogueFile:
    try:
        if isinstance(raw, str):
            raise ValueError(raw)
        return CatalogueFile.model_validate(raw)
    except ValueError as why:
        raise MailDutyError(
            "CATALOGUE_UNREADABLE",
            f"{path.name} does not read: {why}",
            "A catalogue file follows data/catalogue/README.md",
            "Correct the named place",
        ) from why


def _resolve(file: CatalogueFile, path: Path, shared: Mapping[str, Fact], root: Path) -> list[Goods]:
    facts = {**shared, **file.facts}
    found = []
    for kind in file.kinds:
        rows = tuple(file.tables.get(kind.table, [])) if kind.table else tuple(kind.codes)
        where = file.travels.model_copy(
            update={k: v for k, v in kind.travels.model_dump(exclude_unset=True).items() if v}
        )
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        needed = {n: facts[n] for row in rows for n in row.when if n in facts}
        needed |= {n: facts[n] for n in (*kind.usual, *kind.given) if n in facts}
        found.append(Goods(kind, tuple(file.heading), file.form, needed, rows, where, name))
    return found


@lru_cache(maxsize=2)
def load(folder: Path = FOLDER) -> Catalogue:
    """Read the whole catalogue. A file that does not read is an error in ``errors``, the others stand."""
    shared = read_facts(folder)
    goods: list[Goods] = []
    files: dict[str, CatalogueFile] = {}
    errors: list[MailDutyError] = []
    paths = [p for p in sorted(folder.rglob("*.yaml")) if p.name not in (FACTS, WORDS)]
    for path, raw in remembered(paths, _yaml):
        try:
            file = _validated(raw, path)
            goods += _resolve(file, path, shared, folder)
            files[path.relative_to(folder).as_posix()] = file
        except MailDutyError as error:
            errors.append(error)
    return Catalogue(tuple(goods), files, tuple(errors), {g.id: g for g in goods})
