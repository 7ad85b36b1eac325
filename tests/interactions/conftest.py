from tests.cogs.fixtures import house, kept_house, world

__all__ = ["house", "kept_house", "world"]
