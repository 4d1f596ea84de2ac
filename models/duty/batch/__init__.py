"""The vectorised path of the calculator: a batch of many items, priced and itemised as columns.

``price_batch(requests, law, schedule)`` says of every item what ``assess`` says of it, to the cent, the line and
the warning. How: days become stretches in which a part of the law does not change, numbers become the lists
they are on, and every rule of the calculator is asked once for all items that agree in what it looks at
(``entries``, ``own_lines``, ``stacked``); then whole columns are multiplied in exact integers (``owed``). What
cannot be told for certain that way goes to the calculator, item by item.
"""

from __future__ import annotations

from models.duty.batch.columns import from_columns
from models.duty.batch.pricer import price_batch
from models.duty.batch.result import BatchResult

__all__ = ["BatchResult", "from_columns", "price_batch"]
