"""Makes a browser trust a company's own certificate authorities, from the file that SSL_CERT_FILE names.

Chromium reads no such file, only the NSS database in its user's home folder.
"""

from __future__ import annotations

import functools
import logging
import os
import shutil
import ssl
import subprocess
import tempfile
from pathlib import Path

BUNDLE = "SSL_CERT_FILE"
DATABASE = ".pki/nssdb"
TOOL = "certutil"
AUTHORITY = "C,,"
"""NSS's trust flags: it may sign certificates of servers, and nothing else."""
_log = logging.getLogger(__name__)


def trust_own_authorities(home: Path) -> None:
    """Adds the authorities of `SSL_CERT_FILE` that are not public ones to the NSS database of a home folder."""
    file = Path(os.environ.get(BUNDLE, ""))
    if not file.is_file():
        return
    folder = home / DATABASE
    for name, content in _database(file, file.stat().st_mtime_ns).items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


@functools.cache
def _database(file: Path, _changed: int) -> dict[str, bytes]:
    """The files of the NSS database, by name; made once in a process, because fifty authorities take half a second."""
    authorities = _own_authorities(file)
    if not authorities:
        return {}
    if not shutil.which(TOOL):
        _log.warning(
            f"the browser does not trust the {len(authorities)} authorities of {BUNDLE}: install libnss3-tools"
        )
        return {}
    with tempfile.TemporaryDirectory(prefix="symbiont-trust-") as scratch:
        folder = Path(scratch) / "nssdb"
        folder.mkdir()
        deeds = []
        for number, authority in enumerate(authorities):
            (Path(scratch) / f"{number}.pem").write_text(authority)
            deeds.append(f"-A -a -n own-{number} -t {AUTHORITY} -i {number}.pem\n")
        (Path(scratch) / "deeds").write_text("".join(deeds))
        for arguments in (("-N", "--empty-password"), ("-B", "-i", "deeds")):
            _run(TOOL, *arguments, "-d", "sql:nssdb", folder=scratch)
        return {path.name: path.read_bytes() for path in folder.iterdir()}


def _own_authorities(file: Path) -> list[str]:
    """The file's authorities that are not public ones, as PEM; empty where it cannot be read (clients report that)."""
    import certifi

    public, named = (ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) for _ in range(2))
    public.load_verify_locations(certifi.where())
    try:
        named.load_verify_locations(file)
    except OSError:
        return []
    public_certificates = set(public.get_ca_certs(binary_form=True))
    return [
        ssl.DER_cert_to_PEM_cert(certificate)
        for certificate in named.get_ca_certs(binary_form=True)
        if certificate not in public_certificates
    ]


def _run(*command: str, folder: str) -> None:
    process = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if process.returncode:
        _log.warning(f"the browser does not trust an authority of {BUNDLE}: {process.stderr.strip()[:300]}")
