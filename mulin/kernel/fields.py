"""Model fields of the house."""

from django.db import models


class PlaceField(models.CharField):
    """A place code, compared byte by byte so that containment is a range of one B-tree index.

    PostgreSQL's default collation would skip the hyphen of `500108106003-G004`; SQLite compares
    bytes anyway. See `kernel.codes.bounds`.
    """

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 24)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection):
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters
