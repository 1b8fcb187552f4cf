"""Failures of resources, made at one instant and with the time of it (CLOCK_REALTIME, ns)."""
import os
import signal
import subprocess
import time

from .commands import BedError


class IpCommand:
    """An `ip` command on a node, ready to be done: to start a program there takes milliseconds that are nobody's."""

    def __init__(self, node, *words):
        self.words = ' '.join(words)
        self.program = subprocess.Popen(node.inside('ip', '-batch', '-'), stdin=subprocess.PIPE, text=True)

    def __call__(self):
        time_of_it = time.time_ns()
        self.program.stdin.write(self.words + '\n')
        self.program.stdin.close()
        if self.program.wait(5) != 0:
            raise BedError('ip %s failed' % self.words)
        return time_of_it


class Death:
    """kill -9 of a process and all of its group, as of nginx with its workers."""

    def __init__(self, pid):
        self.group = os.getpgid(pid)

    def __call__(self):
        time_of_it = time.time_ns()
        os.killpg(self.group, signal.SIGKILL)
        return time_of_it
