"""The entry point: runs a command, shows any failure as one line and leaves with its exit status."""

import gc
import io
import signal
import sys

from scaffold import interruption
from scaffold.errors import ScaffoldError

INTERRUPTED = 130


def main() -> None:
    """Run the command that the command line names."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # print also what the terminal's encoding lacks
    signals = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    for number in signals:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, interruption.interrupt)
    gc.disable()  # takes a tenth of the time of a command that is over before there is garbage
    try:
        sys.exit(run())
    except KeyboardInterrupt:
        sys.exit(fail("Interrupted", INTERRUPTED))


def run() -> int:
    """The exit status of the command."""
    import click

    from scaffold.cli import commands

    try:
        return commands.main(standalone_mode=False) or 0
    except click.Abort:
        return fail("Interrupted", INTERRUPTED)
    except click.ClickException as error:
        return fail(error.format_message(), error.exit_code)
    except ScaffoldError as error:
        return fail(str(error), error.exit_status)
    except OSError as error:
        return fail(str(error), 1)


def fail(message: str, status: int) -> int:
    """Prints the message as one line; gives back the status."""
    print("error:", " ".join(message.split()), file=sys.stderr)
    return status


if __name__ == "__main__":
    main()
