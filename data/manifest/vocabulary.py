"""The names that columns and JSON fields go by, and the field of ours that each means.

Names are compared without case, spaces, underscores, hyphens and other signs. A unit or currency at the
end of a name is understood: `Net Weight (g)`, `value_usd`. Where a name could mean two things it is not
listed: plain `weight` is taken as the gross weight, since nothing is charged on that.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import pycountry

from data.short_memory import remember_short

SYNONYMS: dict[str, str] = {
    "id": "id our_id caller_id record_id uid",
    "tracking_id": """
        tracking_id tracking_number tracking_no tracking item_id item_identifier s10 barcode
        mail_item_id parcel_id parcel_number parcel_nr international_item_id postal_item_id 邮件号码 邮件号""",
    "line_no": "line_no line line_number content_piece_index_number content_piece_index index_number",
    "description": """
        description desc description_of_goods goods_description item_description content contents
        declared_content cp_desc content_piece_description english_name goods
        description_of_merchandise detailed_description product_description 英文名称""",
    "description_revised": "description_revised revised_description cp_revised_desc desc_revised",
    "hts": """
        hts hts_code htsus htsus_code hts10 hts_number hs hs_code hs_number hs_tariff_number
        hs_tariff_code tariff_number tariff_code cp_hs content_piece_hs_code harmonized_code
        harmonized_tariff_code commodity_code hts_declared hs_declared hs_tariff 商品编码""",
    "hts_revised": "hts_revised hs_revised cp_revised_hs revised_hs",
    "origin": """
        origin country_of_origin origin_country origin_country_code cp_orig_cntry_cd
        content_piece_origin country_of_manufacture coo made_in origin_of_goods 原产国 原产地""",
    "quantity": """
        quantity qty pieces number_of_pieces pcs units number_of_units cp_nou nou content_piece_amount
        数量 件数""",
    "quantity_unit": "quantity_unit qty_unit qty_uom uom unit unit_of_measure unit_of_quantity",
    "net_weight": "net_weight net_wt net cp_netwt content_piece_netweight netto 净重",
    "gross_weight": """
        gross_weight gross_wt gross weight item_weight total_weight parcel_weight 重量 毛重 邮件重量""",
    "value": """
        value declared_value customs_declared_value customs_value total_value row_value amount
        line_value cp_amt content_piece_value value_declared 申报价值""",
    "unit_value": "unit_value unit_price value_per_unit price_per_unit value_each price_each 单价",
    "currency": """
        currency currency_code curr ccy currency_cd cp_currcd content_piece_currency value_currency
        shipment_currency 币种 币制""",
    "category": """
        category category_of_item nature_of_transaction nature_type nature_type_cd contents_type
        shipment_naturetype content_type""",
    "gift": "gift is_gift",
    "mail_class": "mail_class mail_class_cd",
    "operator": "designated_operator operator origin_post orig_post_orgcd origpost_orgcd",
    "posted_on": "posted_on posting_date date_of_posting postingdt acceptance_date posted",
    "arrival_date": "arrival_date date_of_arrival actual_arrival arrival_day arrived_on",
    "arrival_port": "arrival_port arrival_port_code port_of_arrival port_code arrival_port_schedule_d",
    "carrier_code": "carrier_code carrier airline airline_code scac iata 航司",
    "flight_no": """
        flight_no flight flight_number flight_trip_number trip_number conveyance_no conveyance_number
        voyage_no 航班号""",
    "receptacle": """
        receptacle receptacle_id receptacle_identifier receptacle_barcode mail_bag_barcode bag_barcode s9
        邮袋条码""",
    "dispatch": "dispatch dispatch_id dispatch_identifier despatch despatch_id despatch_identifier",
}
_PARTS = {
    "name": "name full_name fullname company",
    "first_name": "fname first_name",
    "last_name": "lname last_name",
    "address": "address add1 street address1 address_line1 addr",
    "address2": "add2 address2 address_line2 street2",
    "city": "city town",
    "region": "state province region",
    "postal_code": "zip zip_code postal_code postcode post_code",
    "country": "country country_code cntry_cd cntrycd cntry",
    "phone": "phone telephone tel phone_number",
    "email": "email email_id emailid e_mail",
}
PARTY_WORDS = {
    "sender": "sender send shipper from seller consignor",
    "recipient": "recipient receiver recp addressee consignee to buyer",
}
_WEIGHT_UNITS = ("kgs", "kg", "grams", "gram", "gr", "g", "lbs", "lb", "oz")
_FACT = re.compile(r"facts?[\s._:\-]+(\w[\w .\-]*)", re.IGNORECASE)
_OUTSIDE = re.compile(r"\(([^()]*)\)")


class Column(NamedTuple):
    """The field a name means; unit is a weight unit or a currency that the name states."""

    field: str
    unit: str = ""


def squeeze(name: str) -> str:
    """A name with everything but letters and digits removed, case folded, full-width signs made plain."""
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())


def _index() -> dict[str, str]:
    index = {squeeze(word): field for field, words in SYNONYMS.items() for word in words.split()}
    for party, names in PARTY_WORDS.items():
        for part, words in _PARTS.items():
            for name in names.split():
                for word in words.split():
                    index.setdefault(squeeze(name + word), f"{party}_{part}")
    return index


NAMES = _index()
_CURRENCIES = {c.alpha_3.casefold() for c in pycountry.currencies}


@remember_short(8192)
def column(name: str) -> Column | None:
    """The field a column name means, or None when it is not one of ours."""
    fact = _FACT.fullmatch(name.strip())
    if fact:
        return Column("fact:" + re.sub(r"[\s.\-]+", "_", fact[1].strip().lower()))
    plain = unicodedata.normalize("NFKC", name)
    outside = _OUTSIDE.sub(" ", plain)
    for text in (plain, outside, *_OUTSIDE.findall(plain)):  # "邮件号码 (Tracking Number)"
        found = _lookup(squeeze(text))
        if found:
            return found if found.unit else _with_unit(found, _OUTSIDE.findall(plain))
    return None


def _lookup(key: str) -> Column | None:
    if key in NAMES:
        return Column(NAMES[key])
    if key[-3:] in _CURRENCIES and NAMES.get(key[:-3]) in ("value", "unit_value"):
        return Column(NAMES[key[:-3]], key[-3:].upper())
    for unit in _WEIGHT_UNITS:
        stem = NAMES.get(key.removesuffix(unit)) if key.endswith(unit) else None
        if stem in ("net_weight", "gross_weight"):
            return Column(stem, unit)
    return None


def _with_unit(found: Column, hints: list[str]) -> Column:
    for hint in (squeeze(h) for h in hints):
        if found.field in ("net_weight", "gross_weight") and hint in _WEIGHT_UNITS:
            return Column(found.field, hint)
        if found.field in ("value", "unit_value") and hint in _CURRENCIES:
            return Column(found.field, hint.upper())
    return found
