"""PostgreSQL's form of a password, made here: the plain one never reaches a server's log."""

import base64
import hashlib
import hmac
import secrets
import stringprep
import unicodedata

_ITERATIONS = 4096
_SALT_BYTES = 16


def scram_verifier(
    password: str, salt: bytes | None = None, *, iterations: int = _ITERATIONS
) -> str:
    """Return what `CREATE ROLE ... PASSWORD` takes instead of the password (RFC 5803)."""
    salt = secrets.token_bytes(_SALT_BYTES) if salt is None else salt
    salted = hashlib.pbkdf2_hmac("sha256", _prepared(password).encode(), salt, iterations)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    keys = f"{_base64(stored_key)}:{_base64(server_key)}"
    return f"SCRAM-SHA-256${iterations}:{_base64(salt)}${keys}"


def _prepared(password: str) -> str:
    """Spell a password as servers and clients do before they compare it (RFC 4013)."""
    if password.isascii():
        return password
    mapped = (
        " " if stringprep.in_table_c12(character) else character
        for character in password
        if not stringprep.in_table_b1(character)
    )
    return unicodedata.normalize("NFKC", "".join(mapped))


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
