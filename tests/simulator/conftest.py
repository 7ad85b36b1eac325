from tests.simulator.fixtures import browser, desk, look

__all__ = ["browser", "desk", "look"]
