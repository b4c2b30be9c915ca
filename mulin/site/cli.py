"""The command line `mulin`: the product's own commands, and Django's behind `mulin manage`."""

import os
import sys
from typing import Any

from django.core.management import ManagementUtility
from django.core.management.base import BaseCommand, CommandError

# name typed -> Django's name for it. `check` is Django's own word for something else.
COMMANDS = {
    "demo": ("demo", "make a demo instance and serve it"),
    "serve": ("serve", "serve the web pages and run the worker"),
    "worker": ("worker", "run the background worker alone"),
    "check": ("check_production", "say what is unsafe for production"),
    "migrate": ("migrate", "bring the database up to this version"),
    "createadmin": ("createadmin", "make the first administrator"),
    "token": ("token", "print an API token of an account"),
    "divisions": ("divisions", "import or reorganise divisions"),
    "import": ("import", "import voices from a file"),
    "triage": ("triage", "train, evaluate, hot topics"),
    "duplicates": ("duplicates", "evaluate the finding of duplicates"),
    "opinions": ("opinions", "evaluate the opinion map and its arithmetic"),
    "budget": ("budget", "decide published participatory budgets again"),
    "recount": ("recount", "count a published vote again"),
    "processes": ("processes", "check process files of the councils"),
    "timetable": ("timetable", "plan a week from residents' orders, or check a plan"),
    "aid": ("aid", "prove that no unchecked adult was offered to a child"),
    "coverage": ("coverage", "who can walk to a station, and where the next one belongs"),
    "journal": ("journal", "seal or verify the journal"),
    "counters": ("counters", "verify, fold or rebuild the counters"),
    "ledger": ("ledger", "count every book again from its postings"),
    "backup": ("backup", "write a backup while it runs"),
    "restore": ("restore", "restore a backup"),
}
# These read files that they are given and touch no data of an instance: they need none and leave none behind.
ONLY_READ = frozenset({"recount", "timetable", "processes", "opinions", "budget", "duplicates"})
ONLY_READ_PARTS = frozenset({("triage", "evaluate"), ("triage", "hot")})


def usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  mulin {name:<{width}}  {text}" for name, (_, text) in COMMANDS.items()]
    return "\n".join(["Mulin 睦邻", *lines, f"  mulin {'manage':<{width}}  any command of Django", ""])


def main(argv: list[str] | None = None) -> None:
    """Run one command. Contract commands print one JSON object as their last line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mulin.site.settings")
    argv = list(sys.argv if argv is None else argv)
    name = argv[1] if len(argv) > 1 else "help"
    if name == "manage":
        _manage(argv[2:])
        return
    if name in {"help", "--help", "-h"}:
        print(usage())
        return
    if name not in COMMANDS:
        print(f"mulin: there is no command {name!r}\n\n{usage()}", file=sys.stderr)
        raise SystemExit(2)
    _run(COMMANDS[name][0], argv[2:])


def needs_instance(command: str, arguments: list[str]) -> bool:
    """Whether a command works on data, keys and database. Its help does not; after `--` nothing is help."""
    if "--" not in arguments and ("--help" in arguments or "-h" in arguments):
        return False
    return command not in ONLY_READ and (command, *arguments[:1]) not in ONLY_READ_PARTS


def _manage(arguments: list[str]) -> None:
    """Any command of Django. What it cannot read is refused before there is an instance."""
    from mulin.kernel import env

    command, *rest = arguments or [""]
    if any(word.startswith(("--settings", "--pythonpath")) for word in rest):
        pass  # another world than ours: Django's own business from the first word on
    elif needs_instance(command, rest):
        env.write_keys_later()
        if _is_command(command):
            _read(command, rest, as_django=True)
            _begin_instance()
    else:
        env.without_instance()
    ManagementUtility(["mulin manage", *arguments]).execute()


def _is_command(name: str) -> bool:
    import django
    from django.core.management import get_commands

    django.setup()
    return name in get_commands()


def _begin_instance() -> None:
    """Write the keys that were made while the words were read."""
    from django.conf import settings

    from mulin.kernel import env
    from mulin.site.archive_keys import KEYS

    for name, key in env.write_keys().items():
        setattr(settings, KEYS[name], key)


def _run(command: str, arguments: list[str]) -> None:
    import django

    from mulin.kernel import env

    on_instance = needs_instance(command, arguments)
    env.write_keys_later() if on_instance else env.without_instance()
    django.setup()
    from mulin.kernel import outage
    from mulin.kernel.errors import ActionError

    try:
        instance, options = _read(command, arguments)
        if on_instance:
            _begin_instance()
        if on_instance and command != "migrate":
            from mulin.site.instance import ensure_database

            ensure_database()
        positional = options.pop("args", ())
        instance.execute(*positional, **options)
    except (CommandError, ActionError) as error:
        print(f"mulin {command}: {error}", file=sys.stderr)
        raise SystemExit(getattr(error, "returncode", 1)) from error
    except Exception as error:
        if not outage.is_outage(error):
            raise
        print(f"mulin {command}: the storage does not serve: {error}", file=sys.stderr)
        raise SystemExit(1) from error


def _read(
    command: str, arguments: list[str], *, as_django: bool = False
) -> tuple[BaseCommand, dict[str, Any]]:
    """The command and what was typed for it. Raises CommandError where that makes no sense; `as_django` says
    how it is used and ends the process."""
    from django.core.management import load_command_class

    instance = load_command_class(_app_of(command), command)
    instance._called_from_command_line = as_django
    parser = instance.create_parser("mulin", command)
    return instance, vars(parser.parse_args(arguments))


def _app_of(command: str) -> str:
    from django.core.management import get_commands

    app = get_commands()[command]
    return app if isinstance(app, str) else app.name


if __name__ == "__main__":
    main()
