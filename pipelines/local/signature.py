"""AWS Signature Version 4, the server's side: was this request signed with our secret key?

Headers and query only, as boto3 and the Rust object_store send them; presigned URLs are not accepted. The body is
covered through its SHA-256 header, which the caller compares with what arrived.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

SKEW = timedelta(minutes=15)  # as AWS allows
UNSIGNED = ("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/,\s]+)/(?P<scope>[^,\s]+),\s*"
    r"SignedHeaders=(?P<headers>[^,\s]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    access_key: str
    secret_key: str


class Refused(Exception):
    """The request is not ours; `code` is S3's error code."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def verify(*, method: str, target: str, headers: Mapping[str, str], credentials: Credentials) -> None:
    """Passes silently when the request carries our signature.

    Args:
        target: the request line's target, path and query as they were sent.
        headers: by lower-case name.

    Raises:
        Refused: no signature, another key, a wrong signature, or a clock that is off by more than 15 minutes.
    """
    found = AUTHORIZATION.fullmatch(headers.get("authorization", "").strip())
    if not found:
        raise Refused("AccessDenied", "the request carries no AWS4-HMAC-SHA256 signature")
    if not hmac.compare_digest(found["key"].encode(), credentials.access_key.encode()):
        raise Refused("InvalidAccessKeyId", "the access key is not known here")
    _check_clock(headers.get("x-amz-date", ""))
    signed = found["headers"].split(";")
    if "host" not in signed or "x-amz-date" not in signed:
        raise Refused("AccessDenied", "host and x-amz-date must be signed")
    canonical = canonical_request(method=method, target=target, headers=headers, signed=signed)
    expected = _signature(canonical, date=headers["x-amz-date"], scope=found["scope"], secret=credentials.secret_key)
    if not hmac.compare_digest(expected, found["signature"]):
        raise Refused("SignatureDoesNotMatch", "the signature does not fit: check the secret key")


def canonical_request(*, method: str, target: str, headers: Mapping[str, str], signed: list[str]) -> str:
    """The text both sides hash, by AWS's "Create a canonical request"."""
    path, _, query = target.partition("?")
    pairs = [(unquote(k), unquote(v)) for k, _, v in (part.partition("=") for part in query.split("&") if part)]
    lines = [
        method,
        quote(unquote(path), safe="/~"),
        "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(pairs)),
        *(f"{name}:{' '.join(headers.get(name, '').split())}" for name in signed),
        "",
        ";".join(signed),
        headers.get("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
    ]
    return "\n".join(lines)


def body_fits(body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether the body is the one that was signed (or the client chose not to sign it)."""
    claimed = headers.get("x-amz-content-sha256", UNSIGNED[0])
    return claimed in UNSIGNED or hmac.compare_digest(claimed, hashlib.sha256(body).hexdigest())


def _check_clock(date: str) -> None:
    try:
        when = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Refused("AccessDenied", "x-amz-date is missing or malformed") from None
    if abs(datetime.now(UTC) - when) > SKEW:
        raise Refused("RequestTimeTooSkewed", "the clocks of client and server differ by more than 15 minutes")


def _signature(canonical: str, *, date: str, scope: str, secret: str) -> str:
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):  # date, region, service, "aws4_request"
        key = hmac.digest(key, part.encode(), "sha256")
    text = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{digest}"
    return hmac.new(key, text.encode(), "sha256").hexdigest()
