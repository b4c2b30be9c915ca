"""What one process of the benchmark hands to another."""


class Json:
    """A value for a JSON column, as PostgreSQL's driver wants it wrapped."""

    def __init__(self, value):
        self.value = value
