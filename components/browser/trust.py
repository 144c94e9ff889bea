"""Authorities that a browser trusts beside those it knows: a company's own, which SSL_CERT_FILE names.

Chromium reads no file of certificates, but the database of NSS in its user's home.
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
"""Of NSS's trust: may sign certificates of servers, and nothing else."""
_log = logging.getLogger(__name__)


def trust_own_authorities(home: Path) -> None:
    """Gives a browser's home those authorities of `SSL_CERT_FILE` that are no public ones; without them, nothing."""
    file = Path(os.environ.get(BUNDLE, ""))
    if not file.is_file():
        return
    folder = home / DATABASE
    for name, written in _database(file, file.stat().st_mtime_ns).items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(written)


@functools.cache
def _database(file: Path, _changed: int) -> dict[str, bytes]:
    """The files of NSS's database, made once in a process: fifty authorities take half a second of the processor."""
    own = _own_authorities(file)
    if not own:
        return {}
    if not shutil.which(TOOL):
        _log.warning(f"the browser does not trust the {len(own)} authorities of {BUNDLE}: install libnss3-tools")
        return {}
    with tempfile.TemporaryDirectory(prefix="symbiont-trust-") as scratch:
        folder = Path(scratch) / "nssdb"
        folder.mkdir()
        deeds = []
        for number, authority in enumerate(own):
            (Path(scratch) / f"{number}.pem").write_text(authority)
            deeds.append(f"-A -a -n own-{number} -t {AUTHORITY} -i {number}.pem\n")
        (Path(scratch) / "deeds").write_text("".join(deeds))
        for what in (("-N", "--empty-password"), ("-B", "-i", "deeds")):
            _run(TOOL, *what, "-d", "sql:nssdb", folder=scratch)
        return {each.name: each.read_bytes() for each in folder.iterdir()}


def _own_authorities(file: Path) -> list[str]:
    """As PEM; none where the file cannot be read, which whoever asks a server by it says in words."""
    import certifi

    public, found = (ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) for _ in range(2))
    public.load_verify_locations(certifi.where())
    try:
        found.load_verify_locations(file)
    except OSError:
        return []
    known = set(public.get_ca_certs(binary_form=True))
    return [ssl.DER_cert_to_PEM_cert(each) for each in found.get_ca_certs(binary_form=True) if each not in known]


def _run(*command: str, folder: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        _log.warning(f"the browser does not trust an authority of {BUNDLE}: {done.stderr.strip()[:300]}")
