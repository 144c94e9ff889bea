"""Authorities that a browser trusts beside those it knows: a company's own, which SSL_CERT_FILE names.

Chromium reads no file of certificates, but the database of NSS in its user's home.
"""

from __future__ import annotations

import logging
import os
import shutil
import ssl
import subprocess
from pathlib import Path

BUNDLE = "SSL_CERT_FILE"
DATABASE = ".pki/nssdb"
TOOL = "certutil"
AUTHORITY = "C,,"
"""Of NSS's trust: may sign certificates of servers, and nothing else."""
_log = logging.getLogger(__name__)


def trust_own_authorities(home: Path) -> None:
    """Gives a browser's home those authorities of `SSL_CERT_FILE` that are no public ones; without them, nothing."""
    file = os.environ.get(BUNDLE, "")
    own = _own_authorities(Path(file)) if file else []
    if not own:
        return
    if not shutil.which(TOOL):
        _log.warning(f"the browser does not trust the {len(own)} authorities of {BUNDLE}: install libnss3-tools")
        return
    folder = home / DATABASE
    folder.mkdir(parents=True)
    database = ["-d", f"sql:{folder}"]
    _run(TOOL, "-N", "--empty-password", *database)
    for number, authority in enumerate(own):
        _run(TOOL, "-A", *database, "-a", "-n", f"own-{number}", "-t", AUTHORITY, given=authority)


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


def _run(*command: str, given: str = "") -> None:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        _log.warning(f"the browser does not trust an authority of {BUNDLE}: {done.stderr.strip()[:300]}")
