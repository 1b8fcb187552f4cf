"""Three witnesses of quorum `tcp` (G1): ports of this process on the public network."""
import socket
import threading

from bed import network

from .testbed import CLIENT_NUMBER

PORTS = (8081, 8082, 8083)
ADDRESS = '%s.%d' % (network.PREFIXES[network.PUBLIC], CLIENT_NUMBER)
QUORUM = {'kind': 'tcp', 'hosts': ['%s:%d' % (ADDRESS, port) for port in PORTS]}


def _answer(listening):
    while True:
        try:
            listening.accept()[0].close()
        except OSError:
            return


def listen():
    """They answer from now on; returns what ends them."""
    sockets = [socket.create_server((ADDRESS, port)) for port in PORTS]
    for listening in sockets:
        threading.Thread(target=_answer, args=(listening,), daemon=True).start()

    def end():
        for listening in sockets:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
    return end
