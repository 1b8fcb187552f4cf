"""The bed's power switch: one outlet for each node, asked by the fence agent `fence_namespace` over a socket in the node
that asks. Each outlet can be told to work, fail, hang or lie."""
import os
import signal
import socket
import threading
import time

from . import network

WORKS, FAILS, HANGS, LIES = 'works', 'fails', 'hangs', 'lies'
SOCKET = '/var/lib/holdfast/power'


class PowerSwitch:
    def __init__(self, bed):
        self.bed = bed
        self.outlets = {name: WORKS for name in bed.nodes}
        self.calls = []             # (CLOCK_REALTIME in ns, who asked, action, outlet)
        self.listening = []
        for name, node in bed.nodes.items():
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(node.path(SOCKET))
            listener.listen()
            self.listening.append(listener)
            threading.Thread(target=self._accept, args=(listener, name), daemon=True).start()

    def close(self):
        for listener in self.listening:
            listener.close()

    def asked(self, action, outlet):
        """Who asked for this, in order."""
        return [who for _, who, what, where in self.calls if (what, where) == (action, outlet)]

    def _accept(self, listener, who):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection, who), daemon=True).start()

    def _serve(self, connection, who):
        with connection, connection.makefile('rw') as stream:
            action, outlet = stream.readline().split()
            self.calls.append((time.time_ns(), who, action, outlet))
            manner = self.outlets.get(outlet, FAILS)
            if manner == HANGS:
                stream.read(1)      # until the one who asks is killed
                return
            answer = 'no such outlet' if outlet not in self.outlets else 'out of order'
            if manner in (WORKS, LIES):
                answer = self._off(outlet, manner) if action == 'off' else self._status(outlet)
            stream.write(answer + '\n')
            try:
                stream.flush()
            except OSError:
                pass                # who asked was ended by it

    def _off(self, outlet, manner):
        node = self.bed.nodes[outlet]
        if manner == WORKS and not node.is_off():
            # Silent at once, as without power: the kernel takes its network namespace away only later, and answers ARP till then.
            self.bed.hub.switch(outlet, network.ALL, False)
            os.kill(node.pid, signal.SIGKILL)       # the machine's init, and with it every process in it
            node.cgroup.thaw()                      # what is frozen does not die everywhere
        return 'ok'

    def _status(self, outlet):
        return 'off' if self.bed.nodes[outlet].is_off() else 'on'
