"""What is read from the environment."""

import pytest

from mulin.kernel.env import database_from_url

SERVER = "postgresql://mulin:p%40ss@db.example:5433/mulin"


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", {"options": "-c jit=off"}),
        ("?sslmode=require", {"options": "-c jit=off", "sslmode": "require"}),
        ("?sslmode=", {"options": "-c jit=off"}),
        ("?options=-c%20statement_timeout%3D5s", {"options": "-c jit=off -c statement_timeout=5s"}),
        ("?options=-c%20jit%3Don", {"options": "-c jit=off -c jit=on"}),
        ("?options=", {}),
        ("?options=&sslmode=require", {"sslmode": "require"}),
        ("?host=/run/postgresql", {"options": "-c jit=off"}),
    ],
)
def test_ones_own_options_of_the_server_come_after_ours(query, options):
    found = database_from_url(SERVER + query)
    assert found["OPTIONS"] == options
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == (
        "mulin", "p@ss", "db.example", "5433"
    )  # fmt: skip


def test_a_socket_is_named_in_the_query():
    assert database_from_url("postgresql:///mulin?host=/run/postgresql")["HOST"] == "/run/postgresql"
