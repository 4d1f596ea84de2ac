"""Deutsche Post International items as JSON: shipments with `contents`, weights in grams.

The names are those of the carrier's public interface. `contentPieceValue` and `contentPieceNetweight` are the
total of their line, not of one of its `contentPieceAmount` pieces; every weight is in grams. The number of the
item is its `barcode` where the shipment has one, else the carrier's own `id`. The interface has no country of
posting and no sender: neither is filled in.
"""

from __future__ import annotations

from data.manifest.document_map import DocumentMap, path_of, paths
from data.manifest.mapped import MappedDocument
from data.manifest.source import register

MAP = DocumentMap(
    name="deutsche_post",
    version="1",
    kind="json",
    known_by=frozenset(("contents", "contentpiecedescription", "contentpiecevalue")),
    parcels=((), path_of("items")),
    lines=path_of("contents"),
    value_basis="row",
    weight_basis="row",
    weight_unit="g",
    parcel=paths(
        tracking_id="barcode id",
        currency="shipmentCurrency",
        gross_weight="shipmentGrossWeight",
        category="shipmentNaturetype",
        recipient_name="recipient",
        recipient_address="addressLine1",
        recipient_address2="addressLine2",
        recipient_city="city",
        recipient_region="state",
        recipient_postal_code="postalCode",
        recipient_country="destinationCountry",
    ),
    line=paths(
        line_no="contentPieceIndexNumber",
        description="contentPieceDescription",
        hts="contentPieceHsCode",
        origin="contentPieceOrigin",
        quantity="contentPieceAmount",
        net_weight="contentPieceNetweight",
        value="contentPieceValue",
    ),
    totals=(("value", "parcel", (path_of("shipmentAmount"),)),),
    codes={"category": {"SALE_GOODS": "sale of goods", "RETURN_GOODS": "returned goods"}},
)


@register
class DeutschePost(MappedDocument):
    """One shipment, a list of them, an order with `items`, or one shipment per line."""

    name = "deutsche_post"
    version = MAP.version
    extensions = (".json", ".jsonl", ".ndjson")
    value_basis = MAP.value_basis
    map = MAP
