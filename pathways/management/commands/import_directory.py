from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from navigator import clock
from navigator.web.refusals import Refusal
from pathways import actions


class Command(BaseCommand):
    help = "Shows what a file of services would do; with --save and the digest that was shown, does it: all or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV or HSDS 3.0 as JSON, UTF-8")
        parser.add_argument("--save", metavar="DIGEST", default="")

    def handle(self, *args: Any, file: Path, save: str, **options: Any) -> None:
        text, today = _text_of(file), clock.today()
        if save:
            try:
                plan = actions.import_directory(text=text, digest=save, unit=None, on=today)
            except Refusal as refusal:
                raise CommandError(refusal.sentence) from refusal
        else:
            plan = actions.plan_import(text=text, unit=None, on=today)
        for wrong in plan.mistakes:
            self.stderr.write(f"row {wrong.row}, {wrong.column or '-'}: '{wrong.given}' must be {wrong.must}")
        for each in plan.changed if options["verbosity"] > 1 else ():
            self.stdout.write(f"{each.code}: " + "; ".join(f"{n}: {b!r} → {a!r}" for n, b, a in each.facts))
        self.stdout.write(
            f"{len(plan.new)} new, {len(plan.changed)} changed, {plan.unchanged} as they are, "
            f"{len(plan.missing)} not in the file and left as they are."
        )
        if plan.mistakes:
            raise CommandError(f"{len(plan.mistakes)} mistakes: nothing is saved.")
        if not save and plan.can_be_saved:
            self.stdout.write(f"To save exactly this: --save {plan.digest}")


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CommandError(f"line {line}: not UTF-8. Save the file as 'CSV UTF-8'.") from error
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}.") from error
