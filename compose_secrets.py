"""Make the secrets that compose.yaml mounts, as files below secrets/; those that exist are kept.

    python3 compose_secrets.py

Needs nothing but Python. What the environment sets already is taken from there: POSTGRES_PASSWORD,
DATA_KEY, SIGNING_KEY, DISCORD_TOKEN. Keep a copy of data_key and signing_key elsewhere: without the
first, contact data is lost.
"""

import base64
import getpass
import os
import secrets
import sys
from pathlib import Path
from urllib.parse import quote

FOLDER = Path(__file__).resolve().parent / "secrets"
ADDRESS = "postgresql://{user}:{password}@database:5432/tallyman"
# Each user of the database, by the names of the files with its password and its address.
USERS = {"owner": "tallyman", "app": "tallyman_app", "backup": "tallyman_backup"}


def main() -> None:
    """Write what is missing."""
    # The folder is closed to others, also one that was there before. The files are not: compose
    # mounts each as it is, and the containers read them as users of their own.
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    FOLDER.chmod(0o700)
    for kind, user in USERS.items():
        given = os.environ.get("POSTGRES_PASSWORD") if kind == "owner" else None
        password = keep(f"{kind}_password", given or secrets.token_urlsafe(24))
        keep(f"{kind}_url", ADDRESS.format(user=user, password=quote(password, safe="")))
    for name in ("data_key", "signing_key"):
        made = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        keep(name, os.environ.get(name.upper()) or made)
    if not read("discord_token"):
        token = os.environ.get("DISCORD_TOKEN") or getpass.getpass("The bot's Discord token: ")
        if not token.strip():
            sys.exit("There is no token: set DISCORD_TOKEN, or run this again and type it.")
        keep("discord_token", token.strip())
    sys.stdout.write(f"The secrets are in {FOLDER}. Keep a copy of data_key and signing_key.\n")


def keep(name: str, value: str) -> str:
    """Write a secret unless there is one; return the one that is there."""
    if not read(name):
        file = FOLDER / name
        file.write_text(value)
        file.chmod(0o644)
    return read(name)


def read(name: str) -> str:
    """Return a secret as the containers read it, empty if there is none."""
    file = FOLDER / name
    return file.read_text().strip() if file.exists() else ""


if __name__ == "__main__":
    main()
