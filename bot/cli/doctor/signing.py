"""The doctor's check of the key that signs the day's lines."""

import stat
from typing import Final

from bot.cli.doctor.database import has_current_books
from bot.cli.doctor.findings import Finding, broken, well, worth_a_look
from bot.database.admin.keys import find_lost_signer
from bot.database.signing import Signing
from bot.settings import Settings

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


async def examine_signing(settings: Settings) -> Finding:
    """Check the signing key, and name the public one; a missing key file is not made."""
    key = settings.signing_key.get_secret_value() if settings.signing_key else None
    url = settings.database_url.get_secret_value()
    signing = Signing(url, key)
    lost = await find_lost_signer(url, key) if await has_current_books(settings) else None
    if not signing.is_possible and lost is None:
        return worth_a_look(
            "SIGNING_KEY is not set, so the day's lines in audit channels are not signed",
            "see .env.example",
        )
    file = signing.file
    if lost is not None:
        return broken(
            f"The last closed day was signed with the key {lost}, which is not here",
            f"put it back into {file or 'SIGNING_KEY'}, behind a newer one if there is one",
        )
    if file is not None and not file.exists():
        return well("A signing key is generated beside the file when the first day is closed")
    if file is not None and file.stat().st_mode & _OTHERS:
        return worth_a_look(f"Other users can read {file}", f"chmod 600 {file}")
    where = f"in {file}" if file is not None else "in SIGNING_KEY"
    public_keys = signing.list_public_keys()
    if not public_keys:
        return broken(f"The signing key {file} cannot be read", "put the key back")
    newest = public_keys[0]
    return well(f"The signing key is {where}; note its public key elsewhere: {newest}")
