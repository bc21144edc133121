"""The client that asks other machines, against servers that do what they should not."""

import gzip
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from journal.remote import http
from registry.waiting import block, use_waiter
from tests.waiting import DEADLINE, again

LIMITS = http.Limits(max_bytes=1000, idle_s=DEADLINE, total_s=DEADLINE)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        match self.path.split("/")[1:]:
            case ["hop", number]:
                target = f"/hop/{int(number) - 1}" if int(number) else "/"
                self.answer(302, b"x" * 5000, Location=target)
            case ["to", *url]:
                self.answer(307, b"", Location="/".join(url))
            case ["long"]:
                self.answer(200, b"x" * 5000)
            case ["bomb"]:
                body = gzip.compress(b"x" * 50_000_000)
                self.answer(200, body, **{"Content-Encoding": "gzip"})
            case ["http:", "", "issuer.example", *_]:
                self.answer(200, self.headers["Authorization"].encode())
            case ["short"]:
                self.answer(200, b"x", **{"Content-Length": "2"})
            case ["missing"]:
                self.answer(404, b"x" * 5000)
            case _:
                self.answer(200, str(self.headers.get("Authorization")).encode())

    def do_POST(self) -> None:
        self.answer(200, self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http{'s' if context else ''}://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def url() -> Iterator[str]:
    with serving() as url:
        yield url


@contextmanager
def sending(prefix: bytes, drop: bytes) -> Iterator[str]:
    """Send `prefix` to each connection, and then `drop` again and again, if it is not empty."""
    stopping = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(prefix)
            for _ in again(stopping, 0.02) if drop else ():
                try:
                    connection.sendall(drop)
                except OSError:
                    return

    thread = threading.Thread(target=run)
    thread.start()
    with closing(listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        stopping.set()
        thread.join()


def test_the_environment_names_no_proxy_and_no_password(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login anna password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert http.get(url, LIMITS) == b"None"
    assert http.post_form(url, {"a": "b c"}, LIMITS) == b"a=b+c"


def test_the_environment_names_a_proxy_where_one_is_asked_for(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", url)
    asked = http.get("http://issuer.example/", LIMITS, through_proxy=True, auth=(b"a", b"b"))
    assert asked == b"Basic " + b64encode(b"a:b")
    assert http.post_form("http://issuer.example/", {"a": "b"}, LIMITS, through_proxy=True)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert http.get(url, LIMITS, through_proxy=True) == b"None"
    monkeypatch.setenv("https_proxy", "127.0.0.1:1")
    with pytest.raises(http.NoResponse, match="Connection refused"):
        http.get("https://issuer.example/", LIMITS, through_proxy=True)


@pytest.mark.parametrize("path", ["hop/0", "to/http://127.0.0.1:1/"])
def test_a_redirect_is_an_error_unless_urls_are_checked(path: str, url: str) -> None:
    with pytest.raises(http.HttpStatusError, match=r"30[27]"):
        http.get(f"{url}/{path}", LIMITS)


def test_each_url_is_checked_and_passwords_go_to_the_first_alone(url: str) -> None:
    checked: list[str] = []
    auth = (b"anna", b"secret")
    expected = b"Basic " + b64encode(b"anna:secret")
    assert http.get(url, LIMITS, auth=auth, check_url=checked.append) == expected
    assert http.get(f"{url}/hop/1", LIMITS, auth=auth, check_url=checked.append) == b"None"
    assert checked == [f"{url}/", f"{url}/hop/1", f"{url}/hop/0", f"{url}/"]


def test_redirects_end(url: str) -> None:
    def allow(_: str) -> None:
        pass

    assert http.get(f"{url}/hop/9", LIMITS, check_url=allow)
    with pytest.raises(http.NoResponse, match="more than 10 redirects"):
        http.get(f"{url}/hop/10", LIMITS, check_url=allow)


@pytest.mark.parametrize(
    ("target", "reason"),
    [("file:///etc/passwd", "file is neither"), ("//a:b@127.0.0.1/", "a name or a password")],
)
def test_a_redirect_leads_to_http_only(target: str, reason: str, url: str) -> None:
    with pytest.raises(http.NoResponse, match=reason):
        http.get(f"{url}/to/{target}", LIMITS, check_url=lambda _: None)


def test_the_url_that_is_checked_is_the_one_that_is_asked() -> None:
    """Parsers differ over the host of this one, and a setting allows some hosts only."""
    checked: list[str] = []
    with pytest.raises(http.NoResponse):
        http.get("http://127.0.0.1:1\\@allowed/", LIMITS, check_url=checked.append)
    assert [address.split("/")[2] for address in checked] == ["127.0.0.1:1"]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("file:///etc/passwd", "file is neither http nor https"),
        ("ftp://127.0.0.1/", "ftp is neither http nor https"),
        ("127.0.0.1", "."),
        ("http://", "."),
        ("http://127.0.0.1:port/", "."),
        ("http://[::1", "."),
        ("http://anna:secret@127.0.0.1/", "a name or a password stands in the URL"),
        ("http://127.0.0.1:1/", "Connection refused"),
    ],
)
def test_what_is_not_asked_has_a_reason(address: str, reason: str) -> None:
    with pytest.raises(http.NoResponse, match=reason):
        http.get(address, LIMITS)


@pytest.mark.parametrize("path", ["long", "bomb"])
def test_a_response_is_read_up_to_a_limit(path: str, url: str) -> None:
    with pytest.raises(http.ResponseTooLarge, match="longer than 1,000 bytes"):
        http.get(f"{url}/{path}", LIMITS)


def test_an_error_has_its_status(url: str) -> None:
    with pytest.raises(http.HttpStatusError, match="HTTP Error 404: Not Found") as caught:
        http.get(f"{url}/missing", LIMITS)
    assert caught.value.status == 404


def test_a_response_that_is_cut_off_is_none(url: str) -> None:
    with pytest.raises(http.NoResponse):
        http.get(f"{url}/short", LIMITS)


@pytest.mark.parametrize("prefix", [b"", b"no HTTP\r\n\r\n"])
def test_a_response_without_http_is_none(prefix: bytes) -> None:
    with sending(prefix, b"") as address, pytest.raises(http.NoResponse):
        http.get(address, LIMITS)


@pytest.mark.parametrize(
    ("prefix", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
def test_a_response_that_goes_on_and_on_is_given_up(prefix: bytes, drop: bytes) -> None:
    limits = http.Limits(max_bytes=1000, idle_s=DEADLINE, total_s=0.3)
    with sending(prefix, drop) as address, pytest.raises(http.NoResponse, match=r"after 0\.3 s"):
        http.get(address, limits)


def test_a_silence_ends_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(http.NoResponse, match="timed out"):
            http.get(address, http.Limits(1000, idle_s=0.1, total_s=DEADLINE))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the certificate of 127.0.0.1, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509
        .CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    pem = serialization.Encoding.PEM
    private = serialization.PrivateFormat.PKCS8
    file.write_bytes(
        made.public_bytes(pem) + key.private_bytes(pem, private, serialization.NoEncryption())
    )
    return file


@pytest.fixture
def https(certificate: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(context) as url:
        yield url


def test_an_unknown_certificate_is_refused(https: str) -> None:
    with pytest.raises(http.NoResponse, match="certificate verify failed"):
        http.get(https, LIMITS)


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_the_system_and_a_bundle_name_certificates(
    variable: str, https: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(certificate))
    assert http.get(https, LIMITS) == b"None"


def test_a_request_waits_as_its_caller_does() -> None:
    waited: list[float] = []

    def wait(future: Future[Any], seconds: float) -> None:
        waited.append(seconds)
        block(future, seconds)

    def ask() -> bytes:
        use_waiter(wait)
        with serving() as url:
            return http.get(url, LIMITS)

    assert copy_context().run(ask) == b"None"
    assert waited == [LIMITS.total_s]
