"""The status page: on a Unix socket, under our own names alone, in a real browser: light and
dark, on a phone, by keyboard, with hostile facts, and without a word on its console."""

import contextlib
import pathlib
import socket
import threading

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from harness.browser import browser
from harness.deadline import poll
from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.server import DEFAULT_LISTEN, listen

SECONDS = 30
PICTURES = pathlib.Path(__file__).resolve().parents[2] / "build" / "page-pictures"


@pytest.fixture
def server(make_server):
    made = make_server(start=False)
    made.socket = made.folder / "http.sock"
    made.configure({"listen": DEFAULT_LISTEN + [
        listen("http", "none", f"unix:{made.socket}"), listen("http", "none")],
        "maildrop": {"upkeep_interval": "1m"}, "alarm": {"interval": "1s"}})
    return made.start()


def exchange(path, request):
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(SECONDS)
        wire.connect(str(path))
        wire.sendall(request)
        answer = b""
        while octets := wire.recv(1 << 16):
            answer += octets
    head, _, body = answer.decode().partition("\r\n\r\n")
    return int(head.split()[1]), head, body


def ask(server, target="/", host="localhost"):
    request = f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"
    return exchange(server.socket, request.encode())


@contextlib.contextmanager
def forwarded(path):
    """A port of 127.0.0.1 that leads to the Unix socket, as `ssh -L` makes one."""
    def pump(source, target):
        with contextlib.suppress(OSError):
            while octets := source.recv(1 << 16):
                target.sendall(octets)
            target.shutdown(socket.SHUT_WR)

    def serve(listener):
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                there = socket.socket(socket.AF_UNIX)
                there.connect(str(path))
                for pair in ((client, there), (there, client)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]


def keep_picture(driver, name):
    PICTURES.mkdir(parents=True, exist_ok=True)
    driver.save_screenshot(str(PICTURES / f"{name}.png"))


def background(driver):
    return driver.execute_script("return getComputedStyle(document.body).backgroundColor")


def test_is_on_the_socket_and_says_what_the_server_does(server):
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(b"Subject: x\r\n\r\ny\r\n", [account.name])
    with Pop3(server.address("pop3", "implicit"), tls="implicit") as pop3:
        pop3.login(account)
        status, head, body = ask(server)
        assert status == 200 and "mail.example.test" in body
        assert "<dt>Sessions</dt><dd>1</dd>" in body
        assert "default-src 'none'" in head and "no-store" in head and "Set-Cookie" not in head
    assert "<script" not in body and "style=" not in body
    for name in ("hour", "day", "month", "year", "decade"):
        assert f'aria-current="page">{name}' in ask(server, f"/?range={name}")[2]
    assert ask(server, "/style.css")[1].count("text/css") == 1


def test_names_that_are_not_ours_get_nothing(server):
    assert ask(server, host="evil.example")[0] == 421
    assert exchange(server.socket, b"GET / HTTP/1.0\r\n\r\n")[0] == 421
    assert exchange(server.socket, b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n")[0] == 405


def test_what_is_wrong_is_on_it(server):
    server.configure({**server.config, "maildrop": {"reserve": "8TiB"}})
    server.reload()
    poll(lambda: "The disk is nearly full" in ask(server)[2], SECONDS, "the trouble on the page")
    assert "What to do: Make room" in ask(server)[2] and "All is well" not in ask(server)[2]


def test_looks_right_in_a_browser(server):
    with forwarded(server.socket) as port:
        address = f"http://localhost:{port}/"
        with browser(1200, 900) as driver:
            driver.get(address)
            keep_picture(driver, "light")
            light = background(driver)
            assert driver.find_element(By.TAG_NAME, "h1").text == "mail.example.test"
            # By keyboard alone: the first stop is the first span of time.
            driver.switch_to.active_element.send_keys(Keys.TAB)
            assert driver.switch_to.active_element.text == "hour"
            driver.switch_to.active_element.send_keys(Keys.ENTER)
            assert driver.current_url.endswith("/?range=hour")
            assert not driver.get_log("browser")
        with browser(360, 800, dark=True) as driver:
            driver.get(address + "?range=month")
            keep_picture(driver, "dark-phone")
            assert background(driver) != light
            width = driver.execute_script("return document.documentElement.scrollWidth")
            assert width <= 360, "nothing sticks out on a phone"
            assert not driver.get_log("browser")


@pytest.mark.parametrize("name, options, words, dark, width", [
    ("demo-day", [], "All is well", False, 1100),
    ("demo-trouble-dark", ["--trouble"], "What to do:", True, 1100),
    ("demo-empty", ["--empty"], "Not known before the first upkeep", False, 1100),
    ("demo-phone-dark", ["--range", "month"], "All is well", True, 360),
])
def test_the_demo_needs_no_server(server, name, options, words, dark, width):
    """The pictures of the handbook: docs/page has copies of them."""
    page = server.ctl("page", "--demo", *options).stdout.decode()
    assert page.startswith("<!DOCTYPE html>") and "<style>" in page
    file = server.folder / "page.html"
    file.write_text(page)
    with browser(width, 1500 if width > 500 else 800, dark=dark) as driver:
        driver.get(file.as_uri())
        keep_picture(driver, name)
        text = driver.find_element(By.TAG_NAME, "body").text
        assert words in text and "mail.example.com" in text and "nan" not in text
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width
        assert not driver.get_log("browser")


def test_without_the_demo_the_tool_says_where_the_page_is(server):
    refused = server.ctl("page", check=False)
    assert refused.returncode == 64 and b"docs/page.md" in refused.stderr
