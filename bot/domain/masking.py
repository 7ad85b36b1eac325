"""Plain values without contact data: what logs may hold of a request."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.contacts import mask_email, mask_phone, mask_tax_id

_FIELDS = {"email": mask_email, "phone": mask_phone, "tax_id": mask_tax_id}
# Bounded, so that a huge word costs no more than its length.
EMAIL = re.compile(r"[\w.%+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_][\w-]{1,62}")


def mask_contacts(value: Any, field: str = "") -> Any:
    """Mask the fields that hold contact data, and e-mail addresses in any other text."""
    if isinstance(value, str):
        mask = _FIELDS.get(field)
        if mask:
            return mask(value)
        # A long text without one is looked through at once.
        return EMAIL.sub(lambda found: mask_email(found[0]), value) if "@" in value else value
    if isinstance(value, Mapping):
        return {name: mask_contacts(each, str(name)) for name, each in value.items()}
    if isinstance(value, Sequence):
        return [mask_contacts(each, field) for each in value]
    return value
