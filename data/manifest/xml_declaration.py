"""The encoding an XML document names in its first line."""

from __future__ import annotations

import codecs
import re

from data.errors import MailDutyError

_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([^\"'>]{1,60})[\"']")
# One byte for ASCII in all of them: else the declaration could not have been read.
_READ = frozenset(
    codecs.lookup(name).name
    for name in """utf-8 us-ascii iso-8859-1 iso-8859-2 iso-8859-5 iso-8859-7 iso-8859-9 iso-8859-15 windows-1250
    windows-1251 windows-1252 windows-1253 windows-1254 windows-1257 koi8-r koi8-u gb2312 gbk gb18030 big5
    shift_jis euc-jp euc-kr""".split()
)


def declared_encoding(head: bytes) -> str | None:
    """The encoding that the first bytes of XML declare, None where they declare none or are no XML.

    Raises MailDutyError MANIFEST_ENCODING for one that is not read, or that the bytes themselves contradict.
    """
    found = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n"))
    if not found:
        return None
    text = found[1].decode("latin-1")
    try:
        name = codecs.lookup(text).name
    except (LookupError, ValueError):
        name = ""
    if name not in _READ:
        raise MailDutyError(
            "MANIFEST_ENCODING",
            f"the XML says it is in {text!r}, and it is not, or we do not read that",
            "A document is in the encoding it names",
            "Save it as UTF-8",
        )
    return name
