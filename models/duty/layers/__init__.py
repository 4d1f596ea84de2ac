"""One module per authority, one function per duty; :data:`ORDINARY` is their order.

How the duties of ordinary entry stack, in words:

* The goods' own line (column 1 or 2) is always there.
* Section 301 China, Section 301 Brazil and Section 338 add to it, on the same value.
* Section 232 takes one programme only: cars before medicines before the listed others before metals
  (EO 14289, 90 FR 18907). It is asked first, because what follows does not reach its goods.
* IEEPA (to 2026-02-23): the programmes of an origin add up; the reciprocal duty leaves out Section 232 goods
  and annex II; the China fentanyl duty does not. A floor origin is lifted to a total instead.
* Section 122 (2026-02-24 to 2026-07-23) and the forced labour duty (from 2026-07-24) leave out Section 232
  goods and their own exempt lists, and are otherwise additive, for five origins up to a total.

Lines are reported Chapter 99 first, in that order (CSMS 69668138: 301, then 338, then 232), the own line last.
"""

from __future__ import annotations
