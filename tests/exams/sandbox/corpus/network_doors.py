# expect: AC
# stdin: doors
# what: The app's own TCP, UDP, unix and abstract sockets, listening outside, are not reached.
import socket

tcp, udp, unix, abstract = open(0).read().split("\n")[:4]
doors = [
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", int(tcp))),
    (socket.AF_INET6, socket.SOCK_STREAM, ("::1", int(tcp))),
    (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", int(udp))),
    (socket.AF_UNIX, socket.SOCK_STREAM, unix),
    (socket.AF_UNIX, socket.SOCK_DGRAM, unix),
    (socket.AF_UNIX, socket.SOCK_STREAM, f"\0{abstract}"),
    (socket.AF_UNIX, socket.SOCK_SEQPACKET, f"\0{abstract}"),
    (socket.AF_UNIX, socket.SOCK_STREAM, "/run/docker.sock"),
    (socket.AF_UNIX, socket.SOCK_STREAM, "/run/dbus/system_bus_socket"),
    (socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 80)),
    (socket.AF_INET, socket.SOCK_STREAM, ("169.254.169.254", 80)),
    (socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.53", 53)),
]
holes = []
for family, kind, address in doors:
    try:
        with socket.socket(family, kind) as one:
            one.settimeout(0.2)
            one.connect(address)
            one.send(b"out of the sandbox")
        holes.append(address)
    except OSError:
        continue
print(f"hole: {holes}" if holes else "contained")
