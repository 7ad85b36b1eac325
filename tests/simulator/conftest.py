from tests.simulator.fixtures import browser, contexts, desk, look

__all__ = ["browser", "contexts", "desk", "look"]
