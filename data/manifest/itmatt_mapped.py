"""Items as the posts' item attribute message has them, in JSON or XML, by a mapping file.

The message (ITMATT, UPU standard M33) has a licensed schema, and senders name its parts as they please. This
reader knows neither: a mapping file says which name holds what, whether amounts and weights are of a row or of
one piece, and in which unit weights are. Conformance with the schema is not claimed. Two mappings are shipped,
in `mappings/`; an operator's own is given with `mapping`.
"""

from __future__ import annotations

from pathlib import Path

from data.errors import MailDutyError
from data.manifest.document_map import DocumentMap
from data.manifest.intake import Intake, head_of
from data.manifest.map_file import load_map, shipped
from data.manifest.mapped import MappedDocument
from data.manifest.source import Layout, register, shorten


@register
class ItmattMapped(MappedDocument):
    """JSON or XML by a map of its own; without one, those shipped are tried."""

    name = "itmatt_mapped"
    version = "1"
    extensions = (".json", ".jsonl", ".ndjson", ".xml")

    def __init__(self, own: DocumentMap | None = None) -> None:
        self._maps = (own,) if own else shipped()
        self._own = own
        if own:
            self.map, self.value_basis = own, own.value_basis
            # which mapping read a file is part of what an auditor asks for; its hash says which text of it
            self.version = f"{ItmattMapped.version}/{own.name}-{own.version}@{own.sha256[:12]}"

    def recognise(self, head: list[str]) -> bool:
        return any(self.fits(one, head) for one in self._maps)

    def fitted(self, intake: Intake) -> Layout:
        """This reader with the one map that fits. Raises MANIFEST_NOT_RECOGNISED or MANIFEST_LAYOUT_AMBIGUOUS."""
        head = head_of(intake) if intake.book is None else []
        if self._own:
            if "".join(head).lstrip()[:1] in (("<",) if self._own.kind == "xml" else ("{", "[")):
                return self
            said = (
                f"this is no {self._own.kind.upper()}, and the mapping {shorten(self._own.name)} is for that"
            )
            raise MailDutyError("MANIFEST_NOT_RECOGNISED", said, "", "Leave the mapping out, or give another")
        fitting = [one for one in self._maps if self.fits(one, head)]
        if len(fitting) == 1:
            return ItmattMapped(fitting[0])
        names = ", ".join(one.name for one in fitting or self._maps)
        if fitting:
            code, fact = "MANIFEST_LAYOUT_AMBIGUOUS", f"several mappings fit: {names}"
        else:
            code, fact = "MANIFEST_NOT_RECOGNISED", f"none of the mappings shipped fits: {names}"
        raise MailDutyError(
            code, fact, "A document has one mapping", "Give yours with mapping (--mapping FILE)"
        )


def mapped_by(mapping: DocumentMap | str | Path, layout: str | None = None) -> ItmattMapped:
    """The reader for an operator's own mapping, given as such or as the path of its file.

    Raises MailDutyError SETTING_CONFLICT where another layout is asked for beside it, and MANIFEST_MAPPING.
    """
    if layout not in (None, ItmattMapped.name):
        said = f"layout {shorten(layout)} is asked for, and a mapping"
        raise MailDutyError("SETTING_CONFLICT", said, f"A mapping is read by {ItmattMapped.name}", "Keep one")
    return ItmattMapped(mapping if isinstance(mapping, DocumentMap) else load_map(mapping))
