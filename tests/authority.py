"""A company's own authority, which no public list knows, and certificates that it signs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "An authority of tests")])
SIGNS = x509.KeyUsage(False, False, False, False, False, True, True, False, False)


def issue(folder: Path, host: str) -> tuple[Path, Path]:
    """Makes an authority and a server's certificate.

    Returns:
        a bundle of the public authorities and this one; the server's key and certificate in one file.
    """
    authority, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    signer = _begun(NAME, authority).add_extension(x509.BasicConstraints(True, None), True).add_extension(SIGNS, True)
    signed = _begun(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)]), server).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(host)]), False
    )
    own, leaf = (_pem(each.sign(authority, hashes.SHA256())) for each in (signer, signed))
    key = server.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    bundle, pair = folder / "ca.crt", folder / "server.pem"
    bundle.write_bytes(Path(certifi.where()).read_bytes() + own)
    pair.write_bytes(key + leaf)
    return bundle, pair


def _begun(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(NAME).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number())
    return made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
