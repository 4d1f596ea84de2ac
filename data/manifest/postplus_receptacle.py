"""PostPlus receptacles as JSON: a mail bag and the numbers of the parcels in it.

The document says which parcels travel in which bag and nothing of what is in them. Every parcel becomes an item
whose goods, value and origin are open questions; nothing is filled in. The weight stands for the whole bag and
is no parcel's.
"""

from __future__ import annotations

from data.manifest.document_map import DocumentMap, path_of, paths
from data.manifest.mapped import MappedDocument
from data.manifest.source import register

MAP = DocumentMap(
    name="postplus_receptacle",
    version="1",
    kind="json",
    known_by=frozenset(("receptacleidentifier", "parcels", "parcelnr")),
    parcels=((),),
    lines=path_of("parcels"),
    value_basis="row",
    weight_basis="row",
    weight_unit="kg",
    parcel=paths(receptacle="receptacleIdentifier"),
    line=paths(tracking_id="parcelNr"),
    totals=(("packets", "receptacle", (path_of("items"),)),),
    absent=frozenset(("value", "description", "origin", "hts", "quantity", "net_weight")),
)


@register
class PostPlusReceptacle(MappedDocument):
    """One receptacle, a list of them, or one per line; a row is a parcel in it."""

    name = "postplus_receptacle"
    version = MAP.version
    extensions = (".json", ".jsonl", ".ndjson")
    value_basis = MAP.value_basis
    map = MAP
