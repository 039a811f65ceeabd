"""Mail that came back → reports for the worker. Run by cron, or by the mail server with one message on stdin."""

import email
import mailbox
import sys
from email.message import Message
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from navigator import clock
from referrals.delivery import bounces


class Command(BaseCommand):
    help = "Reads the mailbox that messages come back to (NAVIGATOR_BOUNCE_MAILBOX), or one message from stdin (-)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("mailbox", nargs="?", default=settings.BOUNCE_MAILBOX, help="a Maildir, an mbox file or -")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["mailbox"]:
            raise CommandError("Say which mailbox: an argument, or NAVIGATOR_BOUNCE_MAILBOX.")
        if options["mailbox"] == "-":
            read = [_report(email.message_from_binary_file(sys.stdin.buffer))]
        else:
            read = _read_all(Path(options["mailbox"]))
        self.stdout.write(f"{len(read)} read, {sum(read)} came back for good")


def _read_all(path: Path) -> list[bool]:
    """Every message of the mailbox; each is removed when it is reported."""
    if not path.exists():
        raise CommandError(f"{path}: there is no such mailbox")
    box: mailbox.Mailbox[Any] = mailbox.Maildir(path) if path.is_dir() else mailbox.mbox(path)
    read = []
    box.lock()
    try:
        for name in list(box.keys()):
            read.append(_report(box[name]))
            box.discard(name)
        box.flush()
    finally:
        box.close()
    return read


def _report(message: Message) -> bool:
    key = bounces.key_of(message)
    if key:
        bounces.report(key, now=clock.now())
    return key is not None
