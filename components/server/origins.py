"""Under which names a server may be reached: a request that names another host is refused, and so is a socket opened by another's page.

Otherwise any page on the network could point a name of its own at this machine and use the server as its visitor (DNS rebinding).
"""

from __future__ import annotations

import re
import socket

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
DOCUMENTATION_ADDRESSES = {
    socket.AF_INET: "192.0.2.1",
    socket.AF_INET6: "2001:db8::1",
}  # documentation's addresses; nothing is sent there
ALL_INTERFACES = ("0.0.0.0", "::", "")  # addresses that mean every network interface
IPV6_HOSTS: set[str] = set()  # hosts with IPv6 addresses, which Bokeh's options cannot name
ORIGIN = re.compile(
    r"(?:https?://)?(?P<host>[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?|\[[0-9a-f:.]+\])(?::(?P<port>\d{1,5}))?/?"
)


def allowed(address: str, port: int, named: str = "") -> list[str]:
    """The hosts, each with a port, under which a server that listens on ``address`` and ``port`` answers.

    ``named`` are the owner's origins, separated by commas. One without a port is meant with the port that the server listens on and without
    any (a proxy in front has the usual one). Without any the server answers to the names and addresses that this machine has.

    Raises
    ------
    ValueError
        When an origin is none.
    """
    hosts = [f"{host}:{port}" for host in LOCAL_HOSTS]
    names = [word.strip() for word in named.split(",") if word.strip()]
    for name in names:
        found = ORIGIN.fullmatch(name.lower())
        if found is None or not 0 < int(found["port"] or 1) < 65536:
            raise ValueError(
                f"origin = {name!r}: must be a host such as lab.example.org, with a port if it is not the server's or the usual "
                "one (lab.example.org:8080); several are separated by commas"
            )
        hosts += [f"{found['host']}:{each}" for each in ([found["port"]] if found["port"] else [port, 80])]
    if not names:
        own = machine_names() if address in ALL_INTERFACES else [bracketed(address)]
        hosts += [f"{host}:{port}" for host in own]
    return list(dict.fromkeys(hosts))


def bracketed(address: str) -> str:
    """A host as it stands in an address of the web."""
    return f"[{address}]" if ":" in address and not address.startswith("[") else address.lower()


def machine_names() -> list[str]:
    """The names and addresses that this machine has on its network, as far as they are found at once."""
    name = socket.gethostname().lower()
    found = [name, socket.getfqdn().lower()]
    if "." not in name:
        found.append(f"{name}.local")  # as multicast DNS calls it
    for family, target in DOCUMENTATION_ADDRESSES.items():
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as way:
                way.connect((target, 9))
                found.append(bracketed(way.getsockname()[0].partition("%")[0]))
        except OSError:
            continue
    try:
        found += [bracketed(str(info[4][0]).partition("%")[0]) for info in socket.getaddrinfo(name, None)]
    except OSError:
        pass
    return [host for host in dict.fromkeys(found) if re.fullmatch(ORIGIN, host)]


def host_of(value: str) -> str | None:
    """The host and port that a request's Host header names (port 80 where it names none); None for what is no host."""
    found = ORIGIN.fullmatch(value.lower()) if "/" not in value else None
    return f"{found['host'].rstrip('.')}:{int(found['port'] or 80)}" if found else None
