"""Start the server: ``python -m components.server.launch``, which `make serve`, ``tools/serve`` and ``swarmviz serve`` call.

The one place where ``panel serve`` gets its options. The protection of ``application.py`` is installed before Panel is asked for anything,
so that it holds whatever becomes of the page's script.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import runpy
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import click

from components.compiling import COMPILING
from components.server import login, origins, own_functions, own_lessons, own_table
from components.server.login import options_among
from components.server.worker import This, Worker

PAGE = Path(__file__).parents[2]  # the checkout, or the folder of the page in the installed package
SCRIPT = PAGE / "components" / "script" / "app.py"  # its name is that of the page: /app
EXPLORE = SCRIPT.with_name("explore.py")  # /explore, beside it
MAX_WORKERS = 64
ALONE_ONLY = ("--ssl-certfile", "--ssl-keyfile", "--unix-socket", "--autoreload", "--dev")  # of Panel: not with workers
PREFIX = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")


class OptionError(click.ClickException):
    """An option or a limit that makes no sense, in one line."""

    exit_code = 2


def require_port(value: str) -> int:
    """The number of a port.

    Raises
    ------
    ValueError
        When it is none.
    """
    if not (value.isascii() and value.isdecimal() and 1 <= int(value) <= 65535):
        shown = value if value.isdecimal() else repr(value)
        raise ValueError(f"port = {shown}: must be a whole number, 1 ≤ port ≤ 65535")
    return int(value)


def require_prefix(value: str) -> str:
    """What stands before every path: empty, or with a slash before and none behind.

    Raises
    ------
    ValueError
        When a browser would not keep it as it is.
    """
    prefix = f"/{value.strip('/')}" if value.strip("/") else ""
    if not PREFIX.fullmatch(prefix):
        raise ValueError(f"prefix = {value!r}: must be a path of letters, digits and . _ ~ -, such as /lab")
    return prefix


def require_workers(value: str, more: tuple[str, ...]) -> int:
    """The number of workers.

    Raises
    ------
    ValueError
        When it is none, or goes with another option or this system as little as Panel's own ``--num-procs`` with the page.
    """
    if not (value.isascii() and value.isdecimal() and 1 <= int(value) <= MAX_WORKERS):
        shown = value if value.isdecimal() else repr(value)
        raise ValueError(f"workers = {shown}: must be a whole number, 1 ≤ workers ≤ {MAX_WORKERS}")
    if options_among(more, ("--num-procs",)):
        raise ValueError(
            "--num-procs: a page would not find its process again; use --workers, which keeps visitors to theirs"
        )
    if int(value) > 1:
        if found := options_among(more, ALONE_ONLY):
            raise ValueError(f"workers = {value}: not together with {', '.join(found)}; a proxy in front may do TLS")
        if not hasattr(socket, "send_fds"):
            raise ValueError(
                f"workers = {value}: this system cannot hand a connection to another process; 1 is possible"
            )
    return int(value)


def require_free(address: str, port: int) -> None:
    """Check that the server can listen there; Panel would report it later, and less clearly.

    Raises
    ------
    ValueError
        When it cannot, with the reason.
    """
    try:
        family, *_, where = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise ValueError(
            f"address = {address!r}: must be an address of this machine, such as 127.0.0.1 or 0.0.0.0"
        ) from None
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if os.name == "posix":  # as the server does; elsewhere it would mean that two may have the port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        raise ValueError(
            f"--address {address} --port {port}: cannot be had ({error.strerror}); choose another"
        ) from None


def page_address(address: str, port: int, prefix: str, named: str) -> str:
    """The address that leads to the page, as it is typed into a browser."""
    first = named.split(",")[0].strip().rstrip("/")
    if not first:
        if address in (*origins.LOCAL_HOSTS, "::1"):
            first = "localhost"
        else:
            first = socket.gethostname() if address in origins.ALL_INTERFACES else origins.bracketed(address)
    scheme, _, host = first.rpartition("://")
    if not scheme and not re.search(r":\d+$", host):
        host = f"{host}:{port}"
    return f"{scheme or 'http'}://{host}{prefix}/"


def how_to_end() -> str:
    """How to end the server. A script that starts it in the background has Ctrl-C ignored, and that is inherited."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        return (
            f"Ctrl-C is ignored here, as whoever started this process wished: `kill {os.getpid()}` (SIGTERM) ends it."
        )
    return "Ctrl-C ends it."


def command(
    where: list[str], prefix: str, hosts: list[str], more: tuple[str, ...] = (), explored: bool = False
) -> list[str]:
    """The command line of Panel; ``where`` are its words for where to listen, ``explored`` whether a table is shown beside the page."""
    allowed = [word for host in hosts if host not in origins.IPV6_HOSTS for word in ("--allow-websocket-origin", host)]
    path = ["--prefix", prefix] if prefix else []
    scripts = [str(SCRIPT), *([str(EXPLORE)] if explored else [])]
    return ["panel", "serve", *scripts, "--warm", *where, *path, *allowed, *login.words(more), *more]


def worker_command(worker: Any) -> list[str]:
    """The command line of a worker: ours, and which worker it is."""
    start = "import sys; sys.path.insert(0, sys.argv.pop(1)); from components.server.launch import main; main()"
    # -P: no file of the folder in which the server was started takes the place of a module
    return [sys.executable, "-P", "-c", start, str(PAGE), "--worker", str(worker), *sys.argv[1:]]


@click.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"], "max_content_width": 120},
    epilog="Every other option is handed to `panel serve`, such as --use-xheaders behind a proxy.",
)
@click.option(
    "--port", default="5006", envvar="PORT", show_default=True, show_envvar=True, help="Port of the page, 1 to 65535."
)
@click.option(
    "--address",
    default="127.0.0.1",
    envvar="ADDRESS",
    show_default=True,
    show_envvar=True,
    help="Where to listen: to this machine only, or 0.0.0.0 for every network interface.",
)
@click.option(
    "--origin",
    default="",
    envvar="ORIGIN",
    show_envvar=True,
    metavar="HOST[:PORT],…",
    help="Names under which visitors reach the page; the names and addresses of this machine when absent.",
)
@click.option(
    "--prefix",
    default="",
    envvar="PREFIX",
    show_envvar=True,
    metavar="/PATH",
    help="What stands before every path, such as /lab.",
)
@click.option(
    "--sessions",
    default="",
    metavar="NUMBER",
    help="Visitors at a time, of each worker, ≥ 1 (SWARMVIZ_SESSIONS); 40 when absent.",
)
@click.option(
    "--workers",
    default="1",
    envvar="SWARMVIZ_WORKERS",
    show_default=True,
    show_envvar=True,
    metavar="NUMBER",
    help=f"Processes that share the visitors, 1 to {MAX_WORKERS}; each visitor stays in one.",
)
@click.option("--worker", "written", default="", hidden=True, help="Which worker this process is.")
@click.option(
    "--landscape",
    multiple=True,
    metavar="FILE.py:NAME",
    help="A function of your own for the menu of landscapes; several by as many options.",
)
@click.option(
    "--lessons",
    default="",
    envvar=own_lessons.FOLDER_VARIABLE,
    show_envvar=True,
    metavar="DIR",
    help="A folder with lessons of your own, *.md, beside those that come with swarmviz.",
)
@click.option(
    "--explore",
    default="",
    metavar="FILE.nc",
    help="A Dataset of runs, on a page of its own at /explore; a run of it opens in the page.",
)
@click.option(
    "--embed",
    default="",
    envvar="SWARMVIZ_EMBED",
    show_envvar=True,
    metavar="ORIGIN,…",
    help="Pages that may show this one in a frame and send it messages, such as https://course.example.org; none when absent.",
)
@click.option("--low", type=float, help="Lower end of the box of a function in a file, FILE.py:NAME.")
@click.option("--high", type=float, help="Upper end of it.")
@click.option("--d", type=int, help="The only dimension of that function; any when absent.")
@click.option("--check", is_flag=True, hidden=True, help="See whether the options are right, and serve nothing.")
@click.argument("more", nargs=-1, type=click.UNPROCESSED)
def main(
    port: str,
    address: str,
    origin: str,
    prefix: str,
    sessions: str,
    workers: str,
    written: str,
    landscape: tuple[str, ...],
    lessons: str,
    explore: str,
    embed: str,
    low: float | None,
    high: float | None,
    d: int | None,
    check: bool,
    more: tuple[str, ...],
) -> None:
    """Serve the page until Ctrl-C.

    --landscape FILE.py:NAME, or FILE.py:NAME in front of the options, puts a function of your own (or a
    swarmviz.landscapes.Function) into the page's menu of landscapes; the file is run.
    """
    try:
        more, own = own_functions.split(more)
        classes = own_functions.loaded((*own, *landscape), low, high, d)
        complaints = () if written else own_lessons.complaints_of(lessons)
        own_table.put(explore)
        number = require_port(port)
        prefix = require_prefix(prefix)
        hosts = origins.allowed(address, number, origin)
        if sessions and not (sessions.isascii() and sessions.isdecimal() and int(sessions) > 0):
            raise ValueError(f"sessions = {sessions!r}: must be a whole number ≥ 1")
        many = require_workers(workers, more)
        if not written:
            require_free(address, number)
    except (ValueError, TypeError, OSError) as error:
        raise OptionError(str(error)) from None
    if many == 1 or written:
        complaints = (*own_functions.put_into_menu(classes), *complaints)
    for sentence in complaints:
        click.echo(sentence)
    if check:
        return
    if lessons:
        os.environ[own_lessons.FOLDER_VARIABLE] = str(Path(lessons).absolute())
    if sessions:
        os.environ["SWARMVIZ_SESSIONS"] = sessions
    if embed:
        # Read, and refused where it is no origin, when the application is installed.
        os.environ["SWARMVIZ_EMBED"] = embed
    login.keep_secret(more)
    origins.IPV6_HOSTS.update(host for host in hosts if host.startswith("["))
    sys.path[:0] = [str(PAGE)]
    if not written:
        which = f"{many} workers" if many > 1 else "the server"
        page = page_address(address, number, prefix, origin)
        where_to = "explore" if explore else own_functions.opening_query(classes)
        click.echo(f"Starting {which}; open {page}{where_to} when it says that the app is running. {how_to_end()}")
    if many > 1 and not written:
        sys.exit(workers_of(many, address, number, page))
    where = ["--address", address, "--port", str(number)]
    if written:
        This.worker = Worker.read(written)
        where = ["--unix-socket", This.worker.socket_path(This.worker.number)]
    COMPILING.start(1 if written else None)  # before Panel is imported, which takes some seconds
    protect()
    sys.argv = command(where, prefix, hosts, more, bool(explore))
    with contextlib.suppress(KeyboardInterrupt):  # in this very process: nothing is left behind, however it is ended
        runpy.run_module("panel", run_name="__main__", alter_sys=True)
    leave()


def leave() -> None:
    """End the process while threads may still compute: the interpreter's own end aborts now and then where one of them is writing."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(0)


def workers_of(many: int, address: str, port: int, page: str) -> int:
    """Serve with so many workers; the exit code."""
    from components.server import workers  # not above: one process alone needs no parent

    return workers.serve(many, address, port, worker_command, f"The app is running at {page}")


def protect() -> None:
    """Put our application in Bokeh's place.

    Raises
    ------
    OptionError
        When the environment asks for a limit that is none.
    """
    try:
        from components.server import application
    except ValueError as error:
        raise OptionError(str(error)) from None
    application.install()


if __name__ == "__main__":
    main()
