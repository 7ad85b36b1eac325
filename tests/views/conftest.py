from tests.cogs.fixtures import house, world

__all__ = ["house", "world"]
