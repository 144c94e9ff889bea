"""A small S3 server on loopback whose bucket is a plain folder: `python -m pipelines.local.s3_server ROOT PORT`.

Why our own: docs/decisions/0002. Credentials come from the AWS_* environment, never from the command line; every
request must be signed with them. `buckets` holds the operations, `signature` the signatures; here is only HTTP and XML.
"""

from __future__ import annotations

import os
import signal
import sys
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote

from components.errors import InfraError, InputError
from pipelines.local.buckets import Buckets, Entry, S3Error
from pipelines.local.signature import Credentials, Refused, body_fits, verify

XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/"
MAX_BODY = 1 << 30
REGION = "us-east-1"


class S3Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *, root: Path, port: int, credentials: Credentials) -> None:
        self.buckets, self.credentials = Buckets(root), credentials
        super().__init__(("127.0.0.1", port), Handler)


class Handler(BaseHTTPRequestHandler):
    server: S3Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave in one packet

    def do_GET(self) -> None:
        self._answer("GET")

    def do_HEAD(self) -> None:
        self._answer("HEAD")

    def do_PUT(self) -> None:
        self._answer("PUT")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def handle_expect_100(self) -> bool:
        """Sends the permission at once; buffered, it would reach a waiting boto3 only after its time-out of 1 s."""
        self.send_response_only(100)
        self.end_headers()
        self.wfile.flush()
        return True

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: a line per request would be most of what a run prints."""

    def _answer(self, method: str) -> None:
        try:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self._body(headers)
            verify(method=method, target=self.path, headers=headers, credentials=self.server.credentials)
            if not body_fits(body, headers):
                raise S3Error(400, "XAmzContentSHA256Mismatch", "the body is not the one that was signed")
            self._dispatch(method, _decoded(body, headers), headers)
        except S3Error as error:
            self._error(error.status, error.code, str(error))
        except Refused as error:
            self._error(403, error.code, str(error))
        except InputError as error:  # a key the store does not take
            self._error(400, "InvalidArgument", str(error))
        except InfraError as error:
            self._error(500, "InternalError", str(error))

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding"):
            raise S3Error(501, "NotImplemented", "send a Content-Length")
        length = int(headers.get("content-length") or 0)
        if length > MAX_BODY:
            self.close_connection = True
            raise S3Error(400, "EntityTooLarge", "upload it in parts")
        return self.rfile.read(length) if length else b""

    def _dispatch(self, method: str, body: bytes, headers: dict[str, str]) -> None:
        path, _, query = self.path.partition("?")
        bucket, _, key = unquote(path).lstrip("/").partition("/")
        arguments = dict(parse_qsl(query, keep_blank_values=True))
        if not bucket:
            self._list_buckets()
        elif not key:
            self._bucket(method, bucket, body, arguments)
        elif "uploads" in arguments or "uploadId" in arguments:
            self._multipart(method, (bucket, key), body, arguments, headers)
        else:
            self._object(method, (bucket, key), body, headers)

    def _bucket(self, method: str, bucket: str, body: bytes, arguments: dict[str, str]) -> None:
        if method == "PUT":
            self.server.buckets.create(bucket)
            return self._send(200)
        if method == "POST" and "delete" in arguments:
            return self._delete_many(bucket, body)
        self.server.buckets.store(bucket)
        if method == "HEAD":
            return self._send(200, headers={"x-amz-bucket-region": REGION})
        if method == "GET" and "location" in arguments:
            return self._xml(ET.Element("LocationConstraint", xmlns=XMLNS))
        if method == "GET" and arguments.get("list-type") == "2":
            return self._list(bucket, arguments)
        raise S3Error(501, "NotImplemented", "this server does not know this operation on a bucket")

    def _object(self, method: str, at: tuple[str, str], body: bytes, headers: dict[str, str]) -> None:
        buckets = self.server.buckets
        if method == "HEAD":
            entry = buckets.head(*at)
            self._send(200, headers=_described(entry), length=entry.size)
        elif method == "GET":
            self._get(*buckets.get(*at), headers.get("range", ""))
        elif method == "DELETE":
            buckets.delete(*at)
            self._send(204)
        elif method == "PUT" and "x-amz-copy-source" in headers:
            source = unquote(headers["x-amz-copy-source"]).lstrip("/").partition("/")
            _, data = buckets.get(source[0], source[2])
            self._xml(_copied(buckets.put(*at, data, only_new=_only_new(headers))))
        elif method == "PUT":
            self._send(200, headers={"ETag": buckets.put(*at, body, only_new=_only_new(headers)).etag})
        else:
            raise S3Error(501, "NotImplemented", "this server does not know this operation on an object")

    def _get(self, entry: Entry, data: bytes, wanted: str) -> None:
        if not wanted:
            return self._send(200, data, headers=_described(entry))
        first, last = _range(wanted, len(data))
        headers = {**_described(entry), "Content-Range": f"bytes {first}-{last}/{len(data)}"}
        return self._send(206, data[first : last + 1], headers=headers)

    def _multipart(
        self, method: str, at: tuple[str, str], body: bytes, arguments: dict[str, str], headers: dict[str, str]
    ) -> None:
        buckets, upload = self.server.buckets, arguments.get("uploadId", "")
        if method == "POST" and "uploads" in arguments:
            answer = ET.Element("InitiateMultipartUploadResult", xmlns=XMLNS)
            _fill(answer, Bucket=at[0], Key=at[1], UploadId=buckets.begin_upload(at[0]))
            self._xml(answer)
        elif method == "PUT" and "partNumber" in arguments:
            self._send(200, headers={"ETag": buckets.put_part(upload, int(arguments["partNumber"]), body)})
        elif method == "POST":
            numbers = [int(part.text or 0) for part in _parsed(body).iterfind("{*}Part/{*}PartNumber")]
            entry = buckets.complete_upload(*at, upload=upload, numbers=numbers, only_new=_only_new(headers))
            answer = ET.Element("CompleteMultipartUploadResult", xmlns=XMLNS)
            _fill(answer, Bucket=at[0], Key=at[1], ETag=entry.etag)
            self._xml(answer)
        elif method == "DELETE":
            buckets.abort_upload(upload)
            self._send(204)
        else:
            raise S3Error(501, "NotImplemented", "this server does not know this operation on an upload")

    def _list_buckets(self) -> None:
        answer = ET.Element("ListAllMyBucketsResult", xmlns=XMLNS)
        found = ET.SubElement(answer, "Buckets")
        for name in self.server.buckets.names():
            _fill(ET.SubElement(found, "Bucket"), Name=name, CreationDate="2000-01-01T00:00:00.000Z")
        self._xml(answer)

    def _list(self, bucket: str, arguments: dict[str, str]) -> None:
        def name(text: str) -> str:
            return quote(text, safe="/") if arguments.get("encoding-type") == "url" else text

        prefix, delimiter = arguments.get("prefix", ""), arguments.get("delimiter", "")
        after = arguments.get("continuation-token") or arguments.get("start-after", "")
        limit = max(1, min(1000, int(arguments.get("max-keys", "1000"))))
        page = self.server.buckets.page(bucket, prefix=prefix, delimiter=delimiter, after=after, limit=limit)
        answer = ET.Element("ListBucketResult", xmlns=XMLNS)
        _fill(answer, Name=bucket, Prefix=name(prefix), MaxKeys=str(limit))
        _fill(answer, KeyCount=str(len(page.entries) + len(page.prefixes)))
        _fill(answer, IsTruncated="true" if page.next_after else "false")
        if "encoding-type" in arguments:
            _fill(answer, EncodingType="url")
        if page.next_after:
            _fill(answer, NextContinuationToken=page.next_after)
        for entry in page.entries:
            modified = entry.modified.strftime("%Y-%m-%dT%H:%M:%S.000Z")
            found = ET.SubElement(answer, "Contents")
            _fill(found, Key=name(entry.key), LastModified=modified, ETag=entry.etag, Size=str(entry.size))
        for common in page.prefixes:
            _fill(ET.SubElement(answer, "CommonPrefixes"), Prefix=name(common))
        self._xml(answer)

    def _delete_many(self, bucket: str, body: bytes) -> None:
        answer = ET.Element("DeleteResult", xmlns=XMLNS)
        for key in _parsed(body).iterfind("{*}Object/{*}Key"):
            self.server.buckets.delete(bucket, key.text or "")
            _fill(ET.SubElement(answer, "Deleted"), Key=key.text or "")
        self._xml(answer)

    def _xml(self, root: ET.Element, status: int = 200) -> None:
        self._send(
            status, ET.tostring(root, "utf-8", xml_declaration=True), headers={"Content-Type": "application/xml"}
        )

    def _error(self, status: int, code: str, message: str) -> None:
        answer = ET.Element("Error")
        _fill(answer, Code=code, Message=message, Resource=self.path)
        self._xml(answer, status)

    def _send(
        self, status: int, body: bytes = b"", *, headers: dict[str, str] | None = None, length: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _only_new(headers: dict[str, str]) -> bool:
    """Whether the put is conditional. Any condition but "not there yet" is refused rather than ignored."""
    if "if-match" in headers or headers.get("if-none-match", "*") != "*":
        raise S3Error(501, "NotImplemented", "of the conditional puts only `If-None-Match: *` is known here")
    return "if-none-match" in headers


def _range(wanted: str, size: int) -> tuple[int, int]:
    first, dash, last = wanted.removeprefix("bytes=").partition("-")
    try:
        start, end = (int(first), int(last or size - 1)) if first else (max(0, size - int(last)), size - 1)
    except ValueError:
        start, end, dash = 0, 0, ""
    if not dash or start > end or start >= size:
        raise S3Error(416, "InvalidRange", "the range does not fit the object")
    return start, min(end, size - 1)


def _decoded(body: bytes, headers: dict[str, str]) -> bytes:
    """The content of an `aws-chunked` body: chunks of `<hex size>[;...]\\r\\n<data>\\r\\n`, then trailers."""
    if "aws-chunked" not in headers.get("content-encoding", ""):
        return body
    parts: list[bytes] = []
    position = 0
    while True:
        line_end = body.find(b"\r\n", position)
        try:
            size = int(body[position:line_end].split(b";")[0], 16)
        except ValueError:
            raise S3Error(400, "IncompleteBody", "the chunked body is broken") from None
        if size == 0:
            return b"".join(parts)
        position = line_end + 2
        parts.append(body[position : position + size])
        position += size + 2


def _parsed(body: bytes) -> ET.Element:
    try:
        return ET.fromstring(body)
    except ET.ParseError:
        raise S3Error(400, "MalformedXML", "the body is not XML") from None


def _fill(parent: ET.Element, **children: str) -> None:
    for name, text in children.items():
        ET.SubElement(parent, name).text = text


def _described(entry: Entry) -> dict[str, str]:
    return {
        "ETag": entry.etag,
        "Last-Modified": entry.modified.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        "Accept-Ranges": "bytes",
        "Content-Type": "application/octet-stream",
    }


def _copied(entry: Entry) -> ET.Element:
    answer = ET.Element("CopyObjectResult", xmlns=XMLNS)
    _fill(answer, ETag=entry.etag, LastModified=entry.modified.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    return answer


def main() -> None:
    root, port = Path(sys.argv[1]), int(sys.argv[2])
    credentials = Credentials(
        access_key=os.environ["AWS_ACCESS_KEY_ID"], secret_key=os.environ["AWS_SECRET_ACCESS_KEY"]
    )
    root.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # every answered write is on the disk already
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command line's to handle; it stops us in order
    S3Server(root=root, port=port, credentials=credentials).serve_forever()


if __name__ == "__main__":
    main()
