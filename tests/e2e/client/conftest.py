"""What most tests of the client start from: a client with nothing in it, and another's server."""

import pytest

from harness.dovecot import Dovecot
from harness.restante import Restante


@pytest.fixture
def client():
    made = Restante()
    yield made
    made.close()


@pytest.fixture(scope="module")
def dovecot():
    made = Dovecot().start()
    yield made
    made.close()
