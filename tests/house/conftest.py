"""Guards say the same whatever the database is: they run with what is asked of one alone."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each guard, so that a gate can take it with others that take as long."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.once)
