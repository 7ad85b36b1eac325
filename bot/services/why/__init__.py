"""Why a figure is what it is: the records that make it, and what vouches for them."""
