import hashlib

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.database.fingerprints import Fingerprints, derive_key

KEY, OTHER_KEY = "one-key-of-the-tests", "another-key-of-the-tests"
REQUEST = b'{"phone":"+49 171 2345678"}'


def test_a_fingerprint_is_of_its_request_alone_in_any_letter_case() -> None:
    fingerprints = Fingerprints([KEY])
    made = fingerprints.make(b'{"item":"bolt-8"}')
    assert fingerprints.matches(made, b'{"item":"BOLT-8"}')
    assert not fingerprints.matches(made, b'{"item":"BOLT-9"}')
    assert not fingerprints.matches("", b'{"item":"bolt-8"}')


def test_without_the_key_nothing_can_be_tried_on_a_fingerprint() -> None:
    made = Fingerprints([KEY]).make(REQUEST)
    assert hashlib.sha256(REQUEST).hexdigest() not in made
    assert not Fingerprints([OTHER_KEY]).matches(made, REQUEST)
    assert not Fingerprints([]).matches(made, REQUEST)


def test_older_fingerprints_match_until_their_receipts_are_deleted() -> None:
    both = Fingerprints([OTHER_KEY, KEY])
    assert both.matches(Fingerprints([KEY]).make(REQUEST), REQUEST)
    assert both.matches(hashlib.sha256(REQUEST).hexdigest(), REQUEST)


def test_a_key_for_a_purpose_is_derived_as_the_standard_says() -> None:
    standard = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"a purpose")
    assert derive_key(KEY, b"a purpose") == standard.derive(KEY.encode())
