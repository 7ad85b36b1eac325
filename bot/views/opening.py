"""The buttons that open a thing's page, from lists, pages and questions."""

from typing import Final

from bot.views.components import Button, number

# The nouns whose names may be several things, which are asked back.
OPEN: Final = {
    noun: Button(noun, "open", number) for noun in ("item", "location", "supplier", "invoice")
}
OPEN_PERSON = Button("people", "open", number)
OPEN_RECORD = Button("audit", "open", number)
