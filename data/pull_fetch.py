"""One fetch over the network that ends in checked bytes or in an error that says what to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.errors import MailDutyError

if TYPE_CHECKING:
    import httpx

_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Fetching:
    """How patient a fetch is: seconds, tries, and the most bytes and pages that are taken."""

    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    tries: int = 4
    pause: float = 1.0
    longest_pause: float = 30.0
    max_bytes: int = 400_000_000
    max_redirects: int = 5
    max_pages: int = 200
    user_agent: str = "mailduty"


def fetch(
    url: str,
    how: Fetching,
    said: Callable[[int, int | None], None],
    check: Callable[[bytes], str],
    params: Mapping[str, str] | None = None,
) -> bytes:
    """The checked content of ``url``. Tries again after server errors, broken and cut off answers.

    An answer that is not the data wanted is tried again too: overloaded servers send a page that says so.
    """
    try:
        import httpx
    except ImportError as why:
        raise MailDutyError(
            "PULL_NO_CLIENT", "httpx is not installed", "it fetches", "pip install httpx"
        ) from why

    timeout = httpx.Timeout(how.read_timeout, connect=how.connect_timeout)
    headers = {"User-Agent": how.user_agent}
    failed: MailDutyError | None = None
    with httpx.Client(
        timeout=timeout, headers=headers, follow_redirects=True, max_redirects=how.max_redirects
    ) as client:
        for attempt in range(how.tries):
            if attempt:
                asked = float(failed.where.get("retry_after", 0)) if failed else 0.0
                time.sleep(min(max(how.pause * 2 ** (attempt - 1), asked), how.longest_pause))
            try:
                content = _once(client, url, params, how, said)
                return _checked(content, url, check)
            except httpx.TooManyRedirects as why:
                raise MailDutyError(
                    "PULL_REDIRECTS",
                    f"{url} sends from address to address more than {how.max_redirects} times",
                    "a source answers at its address",
                    "check the base address in the settings",
                    url=url,
                ) from why
            except (httpx.InvalidURL, httpx.UnsupportedProtocol) as why:
                raise MailDutyError(
                    "PULL_ADDRESS", f"{url} is no address: {why}", "", "check the base address", url=url
                ) from why
            except httpx.HTTPError as why:
                failed = _unreachable(url, f"{type(why).__name__}: {why}".rstrip(": "), attempt + 1)
            except MailDutyError as why:
                if not why.where.get("again"):
                    raise
                failed = why
    assert failed is not None
    raise failed


def _once(
    client: httpx.Client,
    url: str,
    params: Mapping[str, str] | None,
    how: Fetching,
    said: Callable[[int, int | None], None],
) -> bytes:
    with client.stream("GET", url, params=params) as answer:
        if answer.status_code != 200:
            raise _refused(url, answer.status_code, answer.headers.get("Retry-After", ""))
        if str(answer.url).startswith("http://") and url.startswith("https://"):
            raise MailDutyError(
                "PULL_REDIRECTS", f"{url} sends to an address without encryption", "", "check it", url=url
            )
        length = answer.headers.get("Content-Length", "")
        of = int(length) if length.isdigit() and "Content-Encoding" not in answer.headers else None
        content = bytearray()
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > how.max_bytes:
                raise MailDutyError(
                    "PULL_TOO_LARGE",
                    f"{url} sends more than {how.max_bytes:,} bytes",
                    "no official source is that large",
                    "check the address",
                    url=url,
                )
            said(len(content), of)
    return bytes(content)


def _checked(content: bytes, url: str, check: Callable[[bytes], str]) -> bytes:
    start = content[:200].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        wrong = "it is a web page"
    else:
        try:
            wrong = check(content) if content else "it is empty"
        except (ValueError, SyntaxError) as why:
            wrong = f"it cannot be read ({why})"
    if wrong:
        raise MailDutyError(
            "PULL_NOT_DATA",
            f"what {url} sent is not the data wanted: {wrong}",
            "nothing was written; what was there before stays",
            "try again later, or fetch the file by hand from the official site",
            url=url,
            again=True,
        )
    return content


def _refused(url: str, status: int, retry_after: str) -> MailDutyError:
    return MailDutyError(
        "PULL_REFUSED",
        f"{url} answers with status {status}",
        "nothing was written; what was there before stays",
        "try again later" if status in _AGAIN else "check the address; sources move",
        url=url,
        status=status,
        again=status in _AGAIN,
        retry_after=int(retry_after) if retry_after.isdigit() else 0,
    )


def _unreachable(url: str, why: str, tries: int) -> MailDutyError:
    return MailDutyError(
        "PULL_UNREACHABLE",
        f"{url} cannot be fetched after {tries} tries ({why})",
        "nothing was written; what was there before stays",
        "check the network; everything but `data pull` works without one",
        url=url,
    )
