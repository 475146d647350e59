# expect: AC
# what: No name is resolved and no page is fetched.
import socket
import urllib.request

holes = []
for act in (
    lambda: socket.getaddrinfo("example.org", 80),
    lambda: socket.gethostbyname("example.org"),
    lambda: socket.gethostbyaddr("192.0.2.1"),
    lambda: urllib.request.urlopen("http://192.0.2.1/", timeout=0.3),
    lambda: urllib.request.urlopen("file:///etc/shadow"),
    lambda: socket.create_server(("0.0.0.0", 0)).accept,
):
    try:
        holes.append(act())
    except OSError:
        continue
print(f"hole: {holes}" if holes else "contained")
