"""Texts for properties that hold of every text."""

from hypothesis import strategies as st

# All but the halves of pairs, which no text holds. By its codec, as hypothesis asks by itself, it
# takes seconds to list them in every new checkout, in each process of the run.
CHARACTERS = st.characters(exclude_categories=["Cs"])


def texts(*, min_size: int = 0, max_size: int | None = None) -> st.SearchStrategy[str]:
    """Draw any text, of so many characters."""
    return st.text(CHARACTERS, min_size=min_size, max_size=max_size)
