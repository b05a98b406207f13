"""The scene of the nights, one per test module, on a real cluster."""

from tests.api.conftest import scene

__all__ = ["scene"]
