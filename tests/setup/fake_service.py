"""A stand-in for the service: ready at once, tells its number, dies when asked. ``fake_service.py <port>``."""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/die":
            os._exit(3)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode())


if sys.argv[1] == "broken":
    sys.exit("this service never starts")
HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
