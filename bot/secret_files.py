"""Secrets in files: `DATA_KEY_FILE` names a file with what `DATA_KEY` would be set to.

The environment of a container is shown by its runtime to everyone who may look at it; a file that
is mounted is not.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

_SUFFIX = "_file"
# Of a file that is larger no more is read.
_MAX_BYTES: Final = 1 << 16


class SecretFileError(Exception):
    """A secret's file cannot be used; the text is a sentence for the operator, without secrets."""


class SecretFiles(PydanticBaseSettingsSource):
    """Reads the files that the variables of one source name, for the fields that are secret."""

    def __init__(
        self,
        settings_cls: type[BaseSettings],
        variables: Mapping[str, str | None],
        secret: Iterable[str],
    ) -> None:
        super().__init__(settings_cls)
        self._variables = {name.lower(): value for name, value in variables.items()}
        self._secret = tuple(secret)

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return a field's value, None without a file."""
        del field
        path = (self._variables.get(field_name + _SUFFIX) or "").strip()
        return (self._read(field_name, path) if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the fields that have a file."""
        fields = self.settings_cls.model_fields
        read = {name: self.get_field_value(fields[name], name)[0] for name in self._secret}
        return {name: value for name, value in read.items() if value is not None}

    def _read(self, name: str, path: str) -> str:
        setting = f"{name}{_SUFFIX}".upper()
        if (self._variables.get(name) or "").strip():
            raise SecretFileError(f"{name.upper()} and {setting} are both set; remove one of them.")
        file = Path(path)
        try:
            if file.exists() and not file.is_dir() and not file.is_file():
                # Opening a pipe waits for a program that writes into it.
                raise SecretFileError(f"{setting} names a device or a pipe, which is no file.")
            with file.open("rb") as opened:
                content = opened.read(_MAX_BYTES + 1)
            value = content.decode("utf-8-sig").strip()
        except OSError as error:
            raise SecretFileError(f"{setting} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise SecretFileError(f"{setting} names a file that is no text.") from None
        if len(content) > _MAX_BYTES:
            raise SecretFileError(f"{setting} names a file that is too large.")
        if not value:
            raise SecretFileError(f"{setting} names a file that is empty.")
        if len(value.splitlines()) > 1:
            raise SecretFileError(f"{setting} names a file with more than one line.")
        return value
