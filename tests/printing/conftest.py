"""The institute, keys and certificate of the tests of certificates."""

from tests.certificates.conftest import *  # noqa: F403
