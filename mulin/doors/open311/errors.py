"""What can be wrong with a GeoReport request: 400, 403 or 404, told as the protocol asks."""


class GeoReportError(Exception):
    """An answer with an HTTP status and one or more `(code, description)`; the code may be finer."""

    def __init__(self, status: int, description: str, code: int | None = None):
        super().__init__(description)
        self.status = status
        self.errors = [{"code": code or status, "description": description}]
