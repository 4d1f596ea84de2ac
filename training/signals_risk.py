"""The signals of the risk score, where each is worked out and which test holds it: a table for the card.

A test holds the table to the code: every column of the model and every rule stands in one row, and every test named
exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Row(NamedTuple):
    """One kind of signal: the columns and rules that carry it, the module, the test (file::function)."""

    signal: str
    columns: str
    rules: str
    where: str
    test: str


SIGNALS = (
    Row("vague or empty description", "vague words", "DESCRIPTION_VAGUE", "models/risk/signals.py",
        "test_signals.py::test_a_vague_or_empty_description_is_a_signal"),
    Row("words that banned or licensed goods are sold with", "telling_words", "DESCRIPTION_TELLING",
        "models/risk/signals.py", "test_signals.py::test_telling_words_are_a_signal"),
    Row("description against declared number: the suggester's probability, and the duty gap",
        "suggested_number suggested_heading suggested_sure suggested_duty_gap",
        "DESCRIPTION_CODE_MISMATCH CODE_SAVES_DUTY TEXT_NOT_CODE", "models/risk/suggested.py",
        "test_suggested.py::test_an_unlikely_number_is_a_reason_with_the_suggesters_figures"),
    Row("the same by words alone, where no suggester is asked",
        "heading_likely subheading_likely number_likely text_sure duty_gap declared_duty", "CODE_CONTRADICTED",
        "models/risk/wording.py", "test_reading.py::test_words_say_how_far_the_declared_number_is_from_what_they_mean"),
    Row("value per piece and per kilogram against robust bands, by origin, ten digits back to the heading",
        "log_value log_value_per_kg log_value_per_piece value_for_code value_kg_for_code value_for_text "
        "value_kg_for_text band_level", "VALUE_LOW_FOR_CODE VALUE_LOW_FOR_TEXT VALUE_LOW_FOR_WEIGHT",
        "models/risk/bands.py",
        "test_reading.py::test_bands_back_off_from_ten_digits_to_the_heading_and_ask_for_enough_parcels"),
    Row("value 0 or 1, round, or just under a limit of the law", "nominal_value round_value under_limit",
        "VALUE_NOMINAL", "models/risk/signals.py", "test_signals.py::test_values_that_are_too_neat_are_signals"),
    Row("commercial goods declared as gift; returns and samples", "gift gift_from_business returned sample",
        "GIFT_FROM_BUSINESS", "models/risk/signals.py", "test_signals.py::test_a_gift_that_was_sold_is_a_signal"),
    Row("weight against description, number and pieces", "weight_for_code weight_for_text log_weight log_pieces",
        "WEIGHT_ODD", "models/risk/signals.py", "test_signals.py::test_a_weight_that_does_not_go_with_the_goods"),
    Row("origin against sender and route", "origin_not_sender origin_not_post sender_not_post", "ORIGIN_OFF_ROUTE",
        "models/risk/signals.py", "test_signals.py::test_origin_sender_and_route_that_disagree_are_signals"),
    Row("origin against what this sender, these goods and this brand usually have",
        "origin_usual_for_sender origin_usual_for_goods origin_usual_for_brand",
        "ORIGIN_NEW_FOR_SENDER ORIGIN_NEW_FOR_BRAND", "models/risk/history.py",
        "test_history.py::test_an_origin_new_for_sender_and_brand_is_a_signal"),
    Row("optional elements left out",
        "code_digits missing no_origin no_category no_quantity no_invoice no_seller no_address", "",
        "models/risk/signals.py", "test_signals.py::test_what_is_missing_is_a_signal"),
    Row("placeholder consignees and odd names", "nobody odd_name", "CONSIGNEE_NOBODY", "models/risk/signals.py",
        "test_signals.py::test_a_consignee_who_is_nobody_is_a_signal"),
    Row("one consignee or address for many", "to_recipient_window to_place_window place_value_window names_at_place", "",
        "models/risk/history.py", "test_history.py::test_one_address_for_many_is_a_signal"),
    Row("smoothed rates and counts as of the day: sender, recipient, seller, route with goods, number, and pairs",
        "sender_rate sender_count recipient_rate recipient_count seller_rate seller_count sender_goods_rate "
        "sender_goods_count route_goods_rate route_goods_count code_rate code_count sender_origin_rate "
        "sender_origin_count goods_origin_rate goods_origin_count", "SENDER_RECORD", "models/risk/history.py",
        "test_reading.py::test_history_knows_nothing_of_later_days_and_no_outcome_before_it_is_settled"),
    Row("one order split over many parcels",
        "goods_to_place_window pair_window goods_to_recipient_window sender_goods_to_zip_window",
        "SPLIT_ORDER SPLIT_SPELLINGS", "models/risk/history.py",
        "test_reading.py::test_parcels_of_one_day_are_counted_together_whatever_their_order"),
    Row("a sudden change of what a sender sends", "sender_new_goods sender_value_shift", "", "models/risk/history.py",
        "test_history.py::test_new_goods_and_other_values_of_an_old_sender_are_signals"),
    Row("known-shipper standing", "sender_days sender_clean", "", "models/risk/history.py",
        "test_history.py::test_a_known_shipper_has_a_standing"),
    Row("names on OFAC and UN lists: a hold, never a score", "", "SCREENING_MATCH", "models/risk/screening.py",
        "test_screening.py::test_a_listed_name_is_found_in_another_order_script_or_spelling"),
    Row("the rules of a typology taken together",
        "rule_undervaluation rule_misclassification rule_origin rule_restricted rule_splitting", "",
        "models/risk/rules.py", "test_scoring.py::test_reasons_are_sentences_with_weights_and_every_column_has_a_meaning"),
)  # fmt: skip


def table() -> Iterator[str]:
    """Markdown."""
    yield "| signal | columns | rules | where | test in tests/risk |"
    yield "|---|---|---|---|---|"
    for row in SIGNALS:
        columns, rules = (", ".join(f"`{n}`" for n in names.split()) for names in (row.columns, row.rules))
        yield f"| {row.signal} | {columns} | {rules} | `{row.where}` | `{row.test}` |"
