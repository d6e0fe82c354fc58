"""The certificate that the console speaks TLS with: the bank's, or one made here."""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from facesign.errors import ConsoleError
from facesign.interview.home import Home
from facesign.models.atomic import replace_file

__all__ = ["Certificate", "given", "own_addresses", "self_signed"]

_VALID = timedelta(days=397)
"""Browsers take no certificate for longer."""
_LEAST_LEFT = timedelta(days=7)
# Addresses for documentation, which nobody has (RFC 5737, RFC 3849).
_FAR = ((socket.AF_INET, "203.0.113.1"), (socket.AF_INET6, "2001:db8::1"))


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files in PEM."""

    chain: Path
    key: Path
    fingerprint: str | None = None
    """SHA-256, of one made here: to compare before a browser is told to trust it."""


def given(chain: Path, key: Path) -> Certificate:
    """Check that two files are a certificate and its key.

    Raises:
        ConsoleError: they are not.
    """
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(chain, key)
    except (OSError, ssl.SSLError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConsoleError(f"{chain} and {key} are no certificate and its key: {reason}") from error
    return Certificate(chain, key)


def self_signed(home: Home, host: str, public_host: str | None) -> Certificate:
    """Return the certificate made here, in `tls/` of the home; made anew where it does not do.

    Args:
        home: The home folder.
        host: Address that the console listens on.
        public_host: Name that others use.

    Raises:
        OutputError: it cannot be written.
    """
    folder = home.make(home.root / "tls")
    chain, key = folder / "certificate.pem", folder / "key.pem"
    names = _names(host, public_host)
    made = _still_good(chain, key, names)
    if made is None:
        made = _make(chain, key, names)
    digest = made.fingerprint(hashes.SHA256()).hex(":").upper()
    return Certificate(chain, key, digest)


def _names(host: str, public_host: str | None) -> list[x509.GeneralName]:
    wanted = ["localhost", "127.0.0.1", "::1", socket.gethostname(), host, public_host or ""]
    if host in ("0.0.0.0", "::", ""):
        wanted += own_addresses()
    names: list[x509.GeneralName] = []
    for name in dict.fromkeys(it for it in wanted if it not in ("", "0.0.0.0", "::")):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            names.append(x509.DNSName(name))
    return names


def own_addresses() -> list[str]:
    """List the addresses of this machine: those of its name, and those that it sends from."""
    found: set[str] = set()
    with suppress(OSError):
        named = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
        found |= {str(it[4][0]).partition("%")[0] for it in named}
    for family, far in _FAR:
        # Nothing is sent: a datagram socket only looks up the way.
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as way:
            way.connect((far, 9))
            found.add(str(way.getsockname()[0]).partition("%")[0])
    return sorted(found)


def _still_good(chain: Path, key: Path, names: list[x509.GeneralName]) -> x509.Certificate | None:
    try:
        held = x509.load_pem_x509_certificate(chain.read_bytes())
        given(chain, key)
        alternative = held.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (OSError, ValueError, x509.ExtensionNotFound):
        return None
    left = held.not_valid_after_utc - datetime.now(UTC)
    return held if left > _LEAST_LEFT and set(names) <= set(alternative.value) else None


def _make(chain: Path, key: Path, names: list[x509.GeneralName]) -> x509.Certificate:
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "facesign console")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    plain = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    replace_file(key, plain)
    replace_file(chain, certificate.public_bytes(serialization.Encoding.PEM))
    os.chmod(key, 0o600)
    return certificate
