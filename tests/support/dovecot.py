"""A real IMAP server for as long as a test needs it: Debian's Dovecot, on a free port, with nothing of this machine.

It runs as who runs the tests; root, which Dovecot refuses to read mail as, borrows the account of the package.
"""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest

from tests.requirements import need
from tests.support.ports import free_port
from tests.support.smtp import certificate_for_this_machine

PROGRAM = "/usr/sbin/dovecot"
INSTALL = "apt-get install --no-install-recommends dovecot-imapd"
START_SECONDS = 60
USER, PASSWORD = "bounces@loket.example.be", 'g€heim "1\\2" #%'

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/mail
mail_privileged_group =
mail_fsync = never
stats_writer_socket_path =
auth_failure_delay = 0
ssl = yes
ssl_cert = <{folder}/mail.crt
ssl_key = <{folder}/mail.key
disable_plaintext_auth = no
passdb {{
  driver = passwd-file
  args = {folder}/people
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {port}
  }}
}}
"""


@dataclass
class Dovecot:
    """One mailbox on a server. ``certificate`` is what a client must trust."""

    folder: Path
    port: int
    plain_port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def certificate(self) -> Path:
        return self.folder / "mail.crt"

    def url(self, name: str = "INBOX", *, password: str = PASSWORD, trusted: bool = True) -> str:
        """Its address as ELOKET_BOUNCES says it."""
        more = f"?ca={quote(str(self.certificate))}" if trusted else ""
        return f"imaps://{quote(USER)}:{quote(password, safe='')}@127.0.0.1:{self.port}/{quote(name, safe='')}{more}"

    @property
    def plain_url(self) -> str:
        return f"imap://{quote(USER)}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.plain_port}/INBOX"

    @contextmanager
    def signed_in(self) -> Iterator[imaplib.IMAP4_SSL]:
        """A session of a person at this mailbox."""
        trust = ssl.create_default_context(cafile=str(self.certificate))
        with imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=trust, timeout=20) as server:
            server.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
            yield server

    def deliver(self, *mails: bytes, name: str = "INBOX") -> None:
        """Put mails in a folder, unread, as APPEND does."""
        with self.signed_in() as server:
            for mail in mails:
                assert server.append(name, "", "", mail)[0] == "OK"

    def flags(self) -> list[set[str]]:
        """The flags of each mail in the inbox that say something, in the order of arrival."""
        with self.signed_in() as server:
            assert server.select("INBOX", readonly=True)[0] == "OK"
            _, told = server.fetch("1:*", "(FLAGS)")
            found = [{flag.decode() for flag in imaplib.ParseFlags(one)} for one in told if isinstance(one, bytes)]
            return [one - {"\\Recent"} for one in found]

    def start(self) -> None:
        """Run it, and return when it answers; on the ports it had before."""
        owner = _owner()
        self.process = subprocess.Popen(
            [PROGRAM, "-F", "-c", str(self.folder / "dovecot.conf")],
            user=owner.pw_uid if os.geteuid() == 0 else None,
            group=owner.pw_gid if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
            cwd=self.folder,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait()

    def _wait(self) -> None:
        assert self.process is not None
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with self.signed_in():
                    return
            except (OSError, imaplib.IMAP4.error):
                time.sleep(0.05)
        log = self.folder / "log"
        raise RuntimeError("dovecot did not start:\n" + (log.read_text() if log.exists() else ""))

    def kill(self) -> None:
        """End it at once with every connection, as a machine that loses its power."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)
            self.process = None
            end = time.monotonic() + START_SECONDS
            while any(_listened_to(port) for port in (self.port, self.plain_port)):  # its children die a moment later
                assert time.monotonic() < end, "dovecot does not end"
                time.sleep(0.01)


def _listened_to(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _owner() -> pwd.struct_passwd:
    return pwd.getpwnam("dovecot") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Run it in a temporary folder; skipped by name where it is not installed."""
    need(PROGRAM, INSTALL)
    need("/usr/lib/dovecot/imap", INSTALL)
    owner = _owner()
    # Not pytest's own temporary folder: that is closed to the account the server runs under.
    with TemporaryDirectory(prefix="dossierloket-", ignore_cleanup_errors=True) as name:
        server = Dovecot(Path(name), free_port(), free_port())
        certificate_for_this_machine(server.folder)
        names = {"user": owner.pw_name, "group": grp.getgrgid(owner.pw_gid).gr_name}
        values = {**names, "port": server.port, "plain_port": server.plain_port}
        (server.folder / "dovecot.conf").write_text(_CONFIGURATION.format(folder=name, **values))
        (server.folder / "people").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        for path in (server.folder, *server.folder.iterdir()):
            if os.geteuid() == 0:
                shutil.chown(path, owner.pw_uid, owner.pw_gid)
        try:
            server.start()
            yield server
        finally:
            server.kill()


@pytest.fixture(scope="session")
def _one_dovecot() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def imap(_one_dovecot: Dovecot) -> Dovecot:
    """A running server with an empty inbox; a test may kill it."""
    if _one_dovecot.process is None:
        _one_dovecot.start()
    with _one_dovecot.signed_in() as server:
        server.select("INBOX")
        server.uid("STORE", "1:*", "+FLAGS", "\\Deleted")
        server.expunge()
    return _one_dovecot
