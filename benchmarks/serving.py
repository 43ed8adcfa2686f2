"""A server on the loopback that compresses as a real one does, and remembers what it sent."""

import contextlib
import gzip
import mimetypes
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMPRESSED = (
    "text/",
    "application/javascript",
    "application/json",
    "image/svg",
    "application/wasm",
)
FONTS = (".woff2", ".woff", ".ttf", ".otf", ".eot")


class Server(ThreadingHTTPServer):
    """Serves the folders it is given, each below its own prefix."""

    daemon_threads = True

    def __init__(self, folders):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folders, self.packed = folders, {}
        self.sent = []  #: (path, bytes of the body as sent), in order

    @property
    def address(self):
        """Return where the server is, with a slash at its end."""
        return f"http://127.0.0.1:{self.server_port}/"

    def find(self, path):
        """Return the file that an address means, or None."""
        for prefix, folder in self.folders.items():
            if path.startswith(prefix):
                rest = path[len(prefix) :]
                file = folder(rest) if callable(folder) else Path(folder, rest)
                if file and file.is_dir():
                    file = file / "index.html"
                if file and file.is_file():
                    return file
        return None

    def body(self, file):
        """Return a file's bytes as they are sent, its type, and whether they are compressed."""
        if file not in self.packed:
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            kind = "text/javascript" if file.suffix in (".js", ".mjs") else kind
            text = kind.startswith(COMPRESSED)
            data = file.read_bytes()
            self.packed[file] = (gzip.compress(data, 6) if text else data, kind, text)
        return self.packed[file]


class Handler(BaseHTTPRequestHandler):
    """Answers GET."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """Send a file, compressed where it is text."""
        path = unquote(urlsplit(self.path).path)
        file = self.server.find(path)
        body, kind, compressed = self.server.body(file) if file else (b"", "text/plain", False)
        self.send_response(200 if file else 404)
        # A browser compiles "application/wasm" alone while it loads, not with a charset behind it.
        is_text = kind.startswith(("text/", "application/javascript", "application/json"))
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if is_text else kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        if compressed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)
        self.server.sent.append((path, len(body)))

    def log_message(self, *words):
        """Say nothing."""


@contextlib.contextmanager
def serving(folders):
    """Serve ``{prefix: folder}``, where a folder may be a function from a path to a file."""
    with Server(folders) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
