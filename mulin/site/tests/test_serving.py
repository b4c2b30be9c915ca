"""The supervisor knows when the web process answers, whatever the instance is called."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from mulin.site import serving


@pytest.mark.parametrize(
    ("known", "asked"),
    [(["mulin.example.org"], "mulin.example.org"), ([".example.org"], "example.org"), (["*"], None)],
)
def test_an_instance_that_knows_only_its_public_name_is_asked_under_it(settings, known, asked):
    settings.ALLOWED_HOSTS = known
    hosts = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            hosts.append(self.headers["Host"])
            self.send_response(200 if asked in {None, self.headers["Host"]} else 400)
            self.end_headers()

        def log_message(self, *given):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        assert serving.wait_until_ready("127.0.0.1", server.server_port, seconds=2)
    finally:
        server.shutdown()
        server.server_close()
    assert hosts == [asked or f"127.0.0.1:{server.server_port}"]
