"""The order of the gate."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The drills on PostgreSQL first: they take longest, and at the end all would wait for one."""
    items.sort(key=lambda item: "-postgresql" not in item.name)
