"""Every reason code: what it means in a sentence, and what clears it.

Codes come from three places: errors of `data` and `models` (their own text names the fact met), signals of risk,
and the decision. A code that is raised anywhere and has no sentence here fails a test.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code with its sentence and remedy, both for a clerk who reads nothing else."""

    code: str
    sentence: str
    remedy: str


def reason(code: str) -> Reason:
    """The reason behind a code; an unlisted code gives itself back, never an error on the way out."""
    sentence, remedy = _REASONS.get(code, (code.replace("_", " ").capitalize() + ".", "Read the message."))
    return Reason(code, sentence, remedy)


def known() -> tuple[str, ...]:
    """Every listed code, in order."""
    return tuple(sorted(_REASONS))


_REASONS: dict[str, tuple[str, str]] = {
    # the tariff number
    "HTS_MISSING": ("No tariff number was declared.", "Ask the sender for it, or have the goods classified."),
    "HTS_REQUIRED": ("The law of that day wants a tariff number.", "Have the goods classified."),
    "HTS_MALFORMED": ("What was declared is not a tariff number.", "Give 8 or 10 digits as text."),
    "HTS_CONTRADICTED": (
        "The words of the description point to another heading than the sender's number.",
        "Look at the suggested numbers and the question, and decide.",
    ),
    "HTS_SUGGESTED": (
        "The number was suggested from the description, all ten digits defended.",
        "Confirm it.",
    ),
    "HTS_UNSURE": (
        "The number is the likeliest one, and not sure.",
        "Answer the question, or have the goods classified.",
    ),
    "HTS_DOUBTED": (
        "The words make the sender's number unlikely, and much duty hangs on it.",
        "Look at the suggested numbers and the question, and decide.",
    ),
    "ROW_FIELD": ("A field of the row cannot be used.", "Correct the named field."),
    "OUTCOME_UNREADABLE": ("An outcome of the past cannot be read.", "Correct the row."),
    "KIND_UNKNOWN": ("The catalogue has no such goods.", "Try another word, or write the goods down."),
    "HTS_LEVEL": ("The tariff number has fewer digits than were asked for.", "Give the longer number."),
    "HTS_SHORT": ("The tariff number has fewer than the ten digits an entry needs.", "Give all ten digits."),
    "HTS_TOO_SHORT": ("The tariff number is too short to have a rate.", "Give 8 or 10 digits."),
    "HTS_TEN_DIGITS": ("Mail needs all ten digits; it was priced with fewer.", "Give all ten digits."),
    "HTS_INCOMPLETE": ("The tariff number is incomplete.", "Give all ten digits."),
    "HTS_UNKNOWN": ("The tariff has no such number.", "Correct it, or have the goods classified."),
    "HTS_NOT_IN_FORCE": (
        "The tariff had no such number that day.",
        "Use the number in force on the entry date.",
    ),
    "HTS_MULTIPLE": ("Several tariff numbers share one value.", "Send one row for each, with its own value."),
    "HTS_NESTED": (
        "Several tariff numbers stand in one cell, one under the other.",
        "Keep the longest that is right.",
    ),
    "HTS_MANGLED": ("A spreadsheet destroyed the tariff number.", "Export the column as text."),
    "HTS_LEADING_ZERO": ("A zero of the tariff number was lost.", "Export the column as text."),
    "DECLARED_CODE_UNKNOWN": ("The declared tariff number does not exist.", "Have the goods classified."),
    "SUFFIX_DECIDES": ("The last digits decide over a duty.", "Give all ten digits."),
    "SCHEDULE_DAY_UNKNOWN": (
        "No tariff is held for that day.",
        "Build the table from older official exports.",
    ),
    "SCHEDULE_LATER": ("The tariff was last seen before that day.", "Bring the tariff up to date."),
    # what is declared
    "VALUE_MISSING": ("No value is known.", "Ask the sender for the price paid."),
    "VALUE_ZERO": ("Declared as worth nothing.", "Ask the sender for the price paid."),
    "VALUE_NOMINAL": ("Declared at a dollar or less.", "Ask the sender for the price paid."),
    "VALUE_NEGATIVE": ("The value is below zero.", "Correct it."),
    "VALUE_INVALID": ("The value cannot be priced.", "Correct it."),
    "VALUE_CONFLICT": ("Value of the row and of a piece disagree.", "Correct one of them."),
    "CURRENCY_MISSING": ("The value has no currency.", "Name the currency."),
    "CURRENCY_CONFLICT": ("Two currencies are named for one value.", "Keep one."),
    "CURRENCY_UNKNOWN": ("That is no currency.", "Write the three-letter code."),
    "CURRENCY_NO_RATE": ("No exchange rate was given for the currency.", "Add it to the rate table."),
    "CURRENCY_RATE_UNDATED": ("Several exchange rates could be meant.", "Give the item a date."),
    "CURRENCY_NOT_USD": ("The value is not in US dollars.", "Convert it at the rate of the day."),
    "CURRENCY_STATED": ("The amount is arithmetic in another currency.", "Convert the value to US dollars."),
    "ORIGIN_MISSING": ("No country of origin is declared.", "Ask the sender where the goods were made."),
    "ORIGIN_MIXED": ("Several origins share one item.", "List the items with their origins."),
    "COUNTRY_UNKNOWN": ("That is no country.", "Write its two-letter code."),
    "COUNTRY_READ_AS": ("The country was read from another spelling.", "Check it."),
    "DESCRIPTION_VAGUE": ("The description names no goods.", "Ask what it is and what it is made of."),
    "DESCRIPTION_FORMULA": ("The description is a spreadsheet formula.", "Write it as text."),
    "DESCRIPTION_NUMBERS_ONLY": ("The description has no word.", "Ask what it is and what it is made of."),
    "DESCRIPTION_TOO_SHORT": ("The description is too short.", "Ask what it is and what it is made of."),
    "DESCRIPTION_EMPTY": ("There is no description.", "Ask what it is and what it is made of."),
    "FORMULA_CELL": ("A cell reads as a formula.", "Write it as text."),
    "CATEGORY_UNKNOWN": (
        "The category of item is not known.",
        "Use one of CN 23: gift, sale of goods, and so on.",
    ),
    "CATEGORY_CONFLICT": ("Two categories are named for one item.", "Keep one."),
    "QUANTITY_MISSING": (
        "The rate is charged on a quantity that is not given.",
        "Give it in the unit named.",
    ),
    "QUANTITY_NOT_POSITIVE": ("The quantity is not above zero.", "Correct it."),
    "QUANTITY_INVALID": ("The quantity cannot be priced.", "Correct it."),
    "QUANTITY_UNIT_UNKNOWN": ("The unit of the quantity is not known.", "Use a unit of the tariff."),
    "WEIGHT_CONFLICT": ("Two weights disagree.", "Correct one of them."),
    "WEIGHT_IMPLAUSIBLE": ("The net weight is above the gross weight.", "Correct one of them."),
    "WEIGHT_UNIT_CONFLICT": ("Two units are named for one weight.", "Keep one."),
    "WEIGHT_NEGATIVE": ("The weight is below zero.", "Correct it."),
    "WEIGHT_ZERO": ("The weight is zero.", "Weigh it."),
    "PARCEL_INCOMPLETE": (
        "Another row of the parcel could not be read.",
        "Correct that row and send both again.",
    ),
    "ELEMENT_MISSING": ("A data element that the operator asks for is missing.", "Ask the sender for it."),
    "ARRIVAL_PORT_UNREADABLE": ("The port of arrival is no Schedule D code.", "Correct it."),
    "CARRIER_CODE_UNREADABLE": ("The carrier code is none.", "Correct it."),
    # identifiers
    "IDENTIFIER_BAD": ("The item identifier is not in order.", "Read the label again."),
    "TRACKING_MISSING": ("There is no tracking number.", "Give it."),
    "TRACKING_MANGLED": ("A spreadsheet destroyed the tracking number.", "Export the column as text."),
    "TRACKING_TOO_LONG": ("The tracking number is too long.", "Check the column."),
    "TRACKING_IS_RECEPTACLE": ("The number is that of a receptacle.", "Give the number of the item."),
    "S10_CHECK_DIGIT": ("The check digit of the S10 number is wrong.", "Read the label again."),
    "S10_LENGTH": ("An S10 number has 13 characters.", "Read the label again."),
    "S10_ISSUER_UNKNOWN": ("No post issues S10 numbers with that country.", "Read the label again."),
    "S10_SERVICE_UNKNOWN": ("The service indicator is not assigned.", "Read the label again."),
    "S10_SERVICE_NOT_CROSS_BORDER": ("That service does not cross borders.", "Read the label again."),
    "S10_OF_US_POST": (
        "The number was issued by the US post, and the item is not declared as one that comes back.",
        "Find out whether it is a return or was relabelled.",
    ),
    "RECEPTACLE_LENGTH": ("A receptacle number has 29 characters.", "Read the bag label again."),
    "RECEPTACLE_MALFORMED": ("The receptacle number is not built as one.", "Read the bag label again."),
    "RECEPTACLE_OFFICE_UNKNOWN": ("No post has that office of exchange.", "Read the bag label again."),
    "RECEPTACLE_CATEGORY_UNKNOWN": ("The mail category of the bag is not known.", "Use A, B, C or D."),
    "RECEPTACLE_CLASS_UNKNOWN": ("The mail class of the bag is not known.", "Use U, C, E or T."),
    "RECEPTACLE_FLAG": ("A flag of the receptacle number is neither 0 nor 1.", "Read the bag label again."),
    "DISPATCH_LENGTH": ("A dispatch number has 20 characters.", "Read the bag label again."),
    "DISPATCH_MALFORMED": ("The dispatch number is not built as one.", "Read the bag label again."),
    "DISPATCH_OFFICE_UNKNOWN": ("No post has that office of exchange.", "Read the bag label again."),
    "DISPATCH_CATEGORY_UNKNOWN": ("The mail category of the dispatch is not known.", "Use A, B, C or D."),
    "DISPATCH_CLASS_UNKNOWN": ("The mail class of the dispatch is not known.", "Use U, C, E or T."),
    "DISPATCH_CONFLICT": ("Dispatch and receptacle disagree.", "Correct one of them."),
    "MAIL_CLASS_UNKNOWN": ("The mail class is not known.", "Use C, E, U or H."),
    "MAIL_CLASS_CONFLICT": ("Mail class and service indicator disagree.", "Correct one of them."),
    "ID_REPEATED": ("Two rows have the same id.", "Give each its own."),
    "ROW_REPEATED": ("The row stands there twice.", "Remove one."),
    "LINE_REPEATED": ("Two rows have the same line number.", "Number them anew."),
    "LINE_NO_UNREADABLE": ("The line number is no number.", "Correct it."),
    # rows and requests
    "COLUMN_CONFLICT": ("Two columns hold the same thing.", "Keep one."),
    "ROW_TOO_LONG": ("The row has more cells than the header.", "Look for a missing quotation mark."),
    "CELL_TOO_LONG": ("A cell is far too long.", "Look for a missing quotation mark."),
    "CELL_NOT_TEXT": ("A cell holds bytes that are no text.", "Export it again."),
    "CELL_FORMULA_EMPTY": ("A formula was saved without its result.", "Paste values instead of formulas."),
    "CELL_FORMULA_ERROR": ("A formula in the cell failed.", "Type the value."),
    "MANIFEST_TOTALS": ("A total that the file states is not what its rows come to.", "Ask its sender."),
    "MANIFEST_SHEETS": (
        "Another sheet of the workbook looks like a manifest too.",
        "Send it as its own file.",
    ),
    "QUOTE_UNCLOSED": ("A quotation mark is not closed.", "Close it."),
    "PIECES_MISSING": ("The parcel lists no content.", "List what is in it."),
    "PIECE_MALFORMED": ("A content piece cannot be read.", "Correct it."),
    "NUMBER_UNREADABLE": ("That is no number.", "Correct it."),
    "NUMBER_AMBIGUOUS": ("The number can be read two ways.", "Name the decimal mark of the file."),
    "DATE_UNREADABLE": ("That is no date.", "Write YYYY-MM-DD."),
    "DATE_AMBIGUOUS": ("The date can be read two ways.", "Name the order of day and month of the file."),
    "DATE_MALFORMED": ("That is no date.", "Write YYYY-MM-DD."),
    "JSON_MALFORMED": ("The line is not JSON.", "Write one JSON object a line."),
    "JSON_TOO_DEEP": ("Its objects stand in one another without end.", "Check what wrote the file."),
    "JSON_KEY_REPEATED": ("An object names the same thing twice.", "Keep one of them."),
    "XML_TOO_DEEP": ("Its elements stand in one another without end.", "Check what wrote the file."),
    "RECORD_TOO_LARGE": (
        "A record of the document is far too large.",
        "Send the parcels as records of their own.",
    ),
    "RECORD_UNKNOWN": (
        "The layout has no such record, as far as it is known.",
        "Send the parcel as plain CSV.",
    ),
    "RECORD_CUT": ("The document ends in the middle of a record.", "Check that the export finished."),
    "REST_UNREAD": ("From here on the document could not be read.", "Mend it and send the file again."),
    "FIELD_REPEATED": ("One field is said twice, and differently.", "Keep one."),
    "FIELD_MALFORMED": ("An object stands where a text or number should.", "Send the text itself."),
    "WEIGHT_UNIT_UNKNOWN": ("The unit of the weight is not known.", "Use kg, g, lb or oz."),
    "CELLS_UNPLACED": ("What the cells of the record mean cannot be told.", "Send the parcel as plain CSV."),
    "CELLS_BY_SHAPE": (
        "The cells were told by their shape, for want of their order.",
        "Compare them with the file.",
    ),
    "PARCEL_UNREAD": (
        "The record of the parcel this line belongs to could not be read.",
        "Correct that record.",
    ),
    "BATCH_UNEVEN": ("The columns of the batch have different lengths.", "Give one value per item."),
    "ITEM_MALFORMED": ("That is no item.", "Give a JSON object."),
    "LINE_TOO_LONG": ("The line is far too long.", "Check the file."),
    "FIELD_UNKNOWN": ("A field is not known and was not used.", "Check its spelling."),
    "REQUEST_NOT_JSON": ("The line is not JSON.", "Write one JSON object a line."),
    "REQUEST_NOT_OBJECT": ("That is no item.", "Give a JSON object."),
    "REQUEST_FIELD_MISSING": ("A field is missing.", "Give it."),
    "REQUEST_DATE": ("The entry date is no date.", "Write YYYY-MM-DD."),
    "REQUEST_CHANNEL": ("The channel is not known.", "Use mail, informal or formal."),
    "REQUEST_FACTS": ("The facts are no object.", "Give names and values."),
    "REQUEST_VALUE": ("The value is no amount.", "Give zero or more dollars."),
    "FACT_INVALID": ("A fact has a value it cannot have.", "Read what it means in README."),
    "FACT_MISSING": ("A fact that decides the rate is not given.", "Give the fact named."),
    "FACT_UNKNOWN": ("A fact is not known and was not used.", "Check its spelling."),
    "ITEMS_INVALID": ("The items of the parcel cannot be read.", "Give each an origin and a value."),
    "ITEMS_DO_NOT_ADD_UP": ("The items do not add up to the parcel.", "Correct the values."),
    "FEES_ONLY": ("Only the fees were asked for.", "Ask for the duty."),
    # the law
    "LAW_NO_VALUE": ("The law we hold has no number for that day.", "Add it to data/law with its citation."),
    "LAW_UNKNOWN_PATH": ("The law we hold has no such entry.", "Report this."),
    "LAW_LATER": ("The law was verified only to an earlier day.", "Check what has changed since."),
    "MAIL_OVER_LIMIT": ("Worth more than may go through the mail process.", "Enter it formally."),
    "INFORMAL_OVER_LIMIT": ("Worth more than may be entered informally.", "Enter it formally."),
    "FORMAL_ENTRY": ("Only formal entry is open.", "Hand it to a licensed broker."),
    "FORMAL_QUOTA": ("Goods of a class under a quota need a formal entry.", "Hand it to a licensed broker."),
    "FORMAL_ADCVD": (
        "Goods under an antidumping or countervailing order need a formal entry.",
        "Hand it to a licensed broker.",
    ),
    "FORMAL_ALCOHOL_TOBACCO": ("Alcohol and tobacco need a formal entry.", "Hand it to a licensed broker."),
    "FORMAL_CBP_DEMAND": ("CBP asked for a formal entry.", "Hand it to a licensed broker."),
    "FORMAL_NONRESIDENT": (
        "An importer who is not resident in the US may not enter informally.",
        "Name an importer who may, or hand it to a licensed broker.",
    ),
    "FORMAL_AGREEMENT_CLAIM": (
        "Free entry under an agreement is claimed, and needs a formal entry.",
        "Hand it to a licensed broker, or claim nothing.",
    ),
    "WORKSHEET_CLOSED_AGENCY": (
        "Goods with an agency's requirements have left the worksheet, and no other mail entry is used here.",
        "Enter it under type 13 or formally.",
    ),
    "WORKSHEET_CLOSED_CHAPTER_99": (
        "Goods with a Chapter 98 or 99 duty have left the worksheet, and no other mail entry is used here.",
        "Enter it under type 13 or formally.",
    ),
    "AGENCY_DATA": ("Another agency has requirements for the goods.", "Get the agency's data or disclaimer."),
    "GIFT_OVER_LIMIT": ("Worth more than a gift may be to be free.", "Check the price paid."),
    "GIFT_CLAIMED": ("Free as a gift on the word of the sender.", "Keep evidence for it."),
    "GIFT_LIKE_SALE": (
        "It is declared as a gift and looks like a sale.",
        "Find out whether anything was paid.",
    ),
    "GIFTS_OF_ONE_DAY": (
        "The gifts to one person on one day are together worth more than a gift may be.",
        "Check the recipients; if they are one person, price them all as dutiable.",
    ),
    "GIFT_ALCOHOL_TOBACCO": (
        "Alcohol or tobacco is declared as a gift.",
        "Have a broker say whether it may be free.",
    ),
    "SPLIT_SHIPMENT": (
        "Parcels that go together are together over the limit, and look like one order.",
        "Ask for the orders; if it is one, enter them together.",
    ),
    "RETURNED_OVER_LIMIT": ("Worth more than may come back free by mail.", "Enter it formally."),
    "RETURN_CLAIMED": (
        "Free as goods that come back, on the word of the sender.",
        "Keep the proof of return.",
    ),
    "RETURNED_NOT_US": (
        "Returned goods that were not made in the US are dutiable unless Chapter 98 frees them.",
        "Have a broker say whether it does.",
    ),
    "RETURNED_UNDELIVERED": (
        "An item of the US post comes back undelivered under its own number.",
        "Keep the proof that it is the same item.",
    ),
    "RETURNED_TO_SENDER": (
        "The item was refused or could not be delivered, and goes back.",
        "Have the entry cancelled (19 CFR 145.5).",
    ),
    "EXEMPTION_CLAIMED": ("Free of duty on the word of the sender.", "Keep evidence for it."),
    "METHOD_ASSUMED": ("The carrier's method under EO 14324 was not given.", "Name it with --method."),
    "METHOD_ENDED": ("The method stated is not open that day.", "Name the other with --method."),
    "DUE_DATE": ("When the duty is due.", "Nothing."),
    "MIXED_ORIGINS": ("A parcel of several origins; sources disagree.", "Read data/law/ASSUMPTIONS.md."),
    "EU_MAIL_RATE": ("The mail rate of EU goods is inferred.", "Read data/law/ASSUMPTIONS.md."),
    "USMCA_IN_MAIL": ("Whether USMCA frees mail is not settled.", "Read data/law/ASSUMPTIONS.md."),
    "RATE_STATED": ("A stated rate was used in place of the law's.", "Leave out rate_pct."),
    "RATE_UNPARSED": ("The text of the rate is not understood.", "Price it by hand and report this."),
    "RATE_REFERS_ELSEWHERE": ("The rate is that of another heading.", "Price it under that heading."),
    "PART_EXCEEDS_VALUE": ("A part is worth more than the whole.", "Correct the values."),
    "CONDITIONAL": (
        "A fact or list that we do not have decides over a duty.",
        "Give the fact named in the message.",
    ),
    "QUOTA": ("The rate holds within a quota.", "Check whether the quota is open."),
    "PROGRAM_UNKNOWN": ("The programme claimed is not known.", "Use a symbol of the tariff."),
    "PROGRAM_ORIGIN": ("The programme does not cover the origin.", "Check claim and origin."),
    "PROGRAM_LAPSED": ("The programme is not in force that day.", "Claim no programme."),
    "PROGRAM_NOT_ON_LINE": ("The line has no rate for the programme.", "Claim no programme."),
    "PROGRAM_ORIGIN_UNCHECKED": ("Whether the origin may claim it was not checked.", "Check the claim."),
    "IEEPA_REDUCED_UNKNOWN": ("The lower IEEPA rate claimed is not known.", "Use one that is listed."),
    "ANNEX_II_UNDATED": ("The line may have joined the exempt list later.", "Check the list of that day."),
    "NOTE_52_SECTION_232": ("The forced-labour duty leaves out Section 232 goods.", "Nothing."),
    "S232_UNRESOLVED": ("Whether Section 232 reaches it is open.", "Check the lists of Section 232."),
    "S232_NOT_IN_FORCE": ("The Section 232 programme is not in force that day.", "Check the programme."),
    "S232_STATED": ("That Section 232 reaches it was stated, not checked.", "Check the list."),
    "S232_DETAIL": ("A detail of Section 232 applies.", "Read the message."),
    "S301_TWO_LISTS": ("The line is on two China lists.", "Say which with the fact s301_heading."),
    "S301_EXCLUSIONS_UNKNOWN": ("Whether the China exclusions still hold is not known.", "Check the notice."),
    "PHARMA_PHASE": ("Some companies are reached only later.", "Check which phase applies."),
    "PHARMA_LINE": ("Charged as a patented medicine outside 3003 and 3004.", "Check the goods."),
    # the risk
    "RISK_HIGH": ("It is likely that something is wrong.", "Look at the reasons of the score; inspect it."),
    "RISK_STAKE": ("By the risk score much duty is at stake.", "Look at the reasons of the score."),
    "SCREENING_MATCH": (
        "A name is on a list of sanctioned parties.",
        "Compare the parties; release it only where they are not the same.",
    ),
    "UNIT_VALUES_UNREADABLE": (
        "The file of unit values cannot be read.",
        "Take it as UN Comtrade or US Census publish it.",
    ),
    "RISK_FIELD": ("A field of the parcel cannot be.", "Correct the field named."),
    "CHANGE_UNKNOWN": ("That cannot be changed in an item.", "Use one of the fields named."),
    "THRESHOLDS_INVALID": ("A threshold has a value it cannot have.", "Correct the field named."),
    # the ledger
    "ARCHIVE_CORRUPT": ("A kept law or tariff is not what it was.", "Restore the ledger from a copy."),
    # the ledger
    "LEDGER_URL": ("The ledger cannot be in that place.", "Name a file of SQLite or a PostgreSQL database."),
    "LEDGER_DRIVER": ("The driver of the database is not installed.", "Install mailduty[postgres]."),
    "LEDGER_OPEN": ("The ledger cannot be reached.", "Check MAILDUTY_LEDGER and the database."),
    "LEDGER_OUTDATED": (
        "The tables of the ledger are those of an earlier release.",
        "Open it for writing once.",
    ),
    "LEDGER_NEWER": ("A later release has written the ledger.", "Use that release."),
    "LEDGER_BUSY": ("Another writer held the ledger for too long.", "Try again; nothing was written."),
    "LEDGER_FULL": ("The disk of the ledger is full.", "Make room and try again; nothing was written."),
    "LEDGER_KEPT": ("A record is never changed or deleted.", "Add a record that supersedes it."),
    "LEDGER_KIND": ("That is no kind of record.", "Name one that the message lists."),
    "LEDGER_TEXT": ("An identifier cannot be kept as it stands.", "Correct it, or reject the row."),
    "LEDGER_BODY": ("That cannot be written as JSON.", "Give text, numbers, lists and objects."),
    "LEDGER_TIME": ("The time has no zone.", "Pass a time in UTC."),
    "LEDGER_KEY": ("The key that seals personal data cannot be used.", "Give MAILDUTY_KEY as it was made."),
    "LEDGER_KEY_MISSING": ("The key of the sealed personal data is not here.", "Set MAILDUTY_KEY to it."),
    "LEDGER_KEY_WRONG": ("Another key sealed the personal data.", "Set MAILDUTY_KEY to that key."),
    "LEDGER_PERSONAL_CHANGED": (
        "The personal data of a record is not what was sealed with it.",
        "Find out who changed it, and restore it from a copy.",
    ),
    # the decision
    "DUTY_RESERVATION": ("The figure carries a reservation.", "Read the warnings of the duty."),
}
