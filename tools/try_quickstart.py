"""Meet the quickstart as a stranger would: start it, open what it prints, end it with Ctrl-C.

Run: ``python tools/try_quickstart.py COMMAND...`` (such as ``make quickstart``); exit code 1 when
the service does not come up, a page does not open, or it does not end cleanly.
"""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

LIMIT_S = 300
END_S = 20


def start(command: list[str]) -> tuple[subprocess.Popen[str], list[str], threading.Thread]:
    """Start the command and collect what it prints, as it prints it.

    Args:
        command: Words.

    Returns:
        The process, the lines so far (still growing), and the thread that collects them.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines: list[str] = []

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            lines.append(line)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    return process, lines, reader


def link_in(lines: list[str]) -> str | None:
    """The login link among what was printed.

    Args:
        lines: What was printed.

    Returns:
        The link, or ``None`` when there is none yet.
    """
    found = re.search(r"https?://\S+/console/enter\?token=\S+", "".join(lines))
    return found.group(0) if found else None


def opens(link: str) -> list[str]:
    """Open the console and ask whether the service is ready.

    Args:
        link: The login link.

    Returns:
        What went wrong, in sentences.
    """
    base = link.split("/console/")[0]
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(jar)
    wrong = []
    for address in (f"{base}/health/ready", link, f"{base}/console/"):
        try:
            with browser.open(address, timeout=20) as page:
                body = page.read()
                if page.status != 200 or not body:
                    wrong.append(f"{address.split('?')[0]} answered {page.status}")
                if (
                    "console" in address
                    and "token=" not in address
                    and b"login" in page.url.encode()
                ):
                    wrong.append("the login link did not log in")
        except (OSError, urllib.error.URLError) as error:
            wrong.append(f"{address.split('?')[0]} did not open: {error}")
    return wrong


def main(command: list[str]) -> int:
    """Do it.

    Args:
        command: What starts the quickstart.

    Returns:
        The exit code.
    """
    process, lines, reader = start(command)
    end_s = time.monotonic() + LIMIT_S
    while link_in(lines) is None and process.poll() is None and time.monotonic() < end_s:
        time.sleep(0.1)
    link = link_in(lines)
    wrong = ["no login link was printed"] if link is None else opens(link)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    try:
        code = process.wait(END_S)
        if code not in (0, 2, 130, -signal.SIGINT):  # make itself ends of the interrupt
            wrong.append(f"it ended with exit code {code}")
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        wrong.append(f"it had not ended {END_S} s after Ctrl-C")
    reader.join(5)
    if any("Traceback" in line for line in lines):
        wrong.append("a traceback was printed")
    for sentence in wrong:
        print(f"quickstart: {sentence}")
    print("quickstart: came up, opened, ended cleanly" if not wrong else "quickstart: FAILED")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
