"""The root of the tree of errors."""


class TallymanError(Exception):
    """The root: anything the product itself says no to."""
