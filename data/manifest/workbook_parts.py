"""What the sheets of a workbook lean on: the list of sheets, relations, shared strings, number formats."""

from __future__ import annotations

from data.manifest.sheet_cells import LONGEST_CELL_TEXT
from data.manifest.workbook_guard import refuse, too_large

MOST_STRINGS = 2_000_000
MOST_TEXT = 64_000_000  # characters of all shared strings together
MOST_FORMATS = 65_536  # number formats and cell styles; Excel itself stops earlier


class Book:
    """xl/workbook.xml. sheets: (name, id of its relation, hidden) in the order of the tabs."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.from_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            relation = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), relation, hidden))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in ("1", "true")
        elif name == "externalReference":
            refuse("LINKS", "the workbook draws on other files", "A manifest stands by itself",
                   "Break the links (paste values) and save it again")  # fmt: skip

    def text(self, text: str) -> None: ...

    def end(self, name: str) -> None: ...


class Relations:
    """xl/_rels/workbook.xml.rels: id -> part, and id -> what it is."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}
        self.kinds: dict[str, str] = {}

    def of_kind(self, kind: str) -> str | None:
        """The part of the one relation of a kind."""
        return next((self.targets[one] for one, held in self.kinds.items() if held == kind), None)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name != "Relationship":
            return
        if attributes.get("TargetMode", "Internal") != "Internal":
            refuse("LINKS", "the workbook names parts outside itself", "A manifest stands by itself")
        one = attributes.get("Id", "")
        self.targets[one] = attributes.get("Target", "")
        self.kinds[one] = attributes.get("Type", "").rpartition("/")[2]

    def text(self, text: str) -> None: ...

    def end(self, name: str) -> None: ...


class Strings:
    """xl/sharedStrings.xml: the texts that cells point to, in order; each cut where no cell could hold it."""

    def __init__(self) -> None:
        self.held: list[str] = []
        self._parts: list[str] = []
        self._length = self._whole = 0
        self._in_text = False
        self._phonetic = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._parts, self._length = [], 0
        elif name == "t":
            self._in_text = not self._phonetic
        elif name == "rPh":  # how a name is pronounced; not part of it
            self._phonetic += 1

    def text(self, text: str) -> None:
        if not self._in_text or self._length > LONGEST_CELL_TEXT:
            return
        self._length += len(text)
        self._parts.append(text[: LONGEST_CELL_TEXT + 1])
        self._whole += len(text)
        if self._whole > MOST_TEXT:
            too_large(f"its texts have more than {MOST_TEXT} characters together")

    def end(self, name: str) -> None:
        if name == "t":
            self._in_text = False
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "si":
            self.held.append("".join(self._parts)[: LONGEST_CELL_TEXT + 1])
            if len(self.held) > MOST_STRINGS:
                too_large(f"it has more than {MOST_STRINGS} texts")


class Styles:
    """xl/styles.xml. formats: number format -> its code; cells: style of a cell -> number format."""

    def __init__(self) -> None:
        self.formats: dict[int, str] = {}
        self.cells: list[int] = []
        self._in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt" and not self._in_cells:
            self.formats.setdefault(int(attributes.get("numFmtId", "0")), attributes.get("formatCode", ""))
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self.cells.append(int(attributes.get("numFmtId", "0")))
        if len(self.cells) > MOST_FORMATS or len(self.formats) > MOST_FORMATS:
            too_large(f"it has more than {MOST_FORMATS} cell styles")

    def text(self, text: str) -> None: ...

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False
