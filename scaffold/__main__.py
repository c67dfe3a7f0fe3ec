"""The entry point: runs a command, prints errors as one line, and exits with the right status."""

import gc
import io
import os
import signal
import sys

from scaffold import interruption
from scaffold.errors import ScaffoldError

INTERRUPTED = 130


def main() -> None:
    """Runs the command line."""
    fill_standard_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # for unencodable characters
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, interruption.interrupt)
    gc.disable()  # saves a tenth of the time of short commands
    try:
        status = run()
    except KeyboardInterrupt:
        status = fail("Interrupted", INTERRUPTED)
    sys.exit(flush(status))


def fill_standard_streams() -> None:
    """Reopens closed standard streams, whose numbers the next opened files would get otherwise."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number


def run() -> int:
    """Runs the command and returns its exit status."""
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


def flush(status: int) -> int:
    """The exit status, which isn't 0 if the output can't be written.

    Python would try again to write what is left, and complain in words of its own.
    """
    try:
        if sys.stdout is not None:  # closed by the caller
            sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return status or fail(f"Can't write the output: {error.strerror}", 1)
    return status


def fail(message: str, status: int) -> int:
    """Prints the message as one line and returns the status."""
    print("error:", " ".join(message.split()), file=sys.stderr)
    return status


if __name__ == "__main__":
    main()
