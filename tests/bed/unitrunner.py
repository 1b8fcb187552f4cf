"""Runs one program as systemd would run its unit: python3 unitrunner.py UNIT_FILE PROGRAM [ARGUMENT...]

No systemd can run inside a machine of the bed. This speaks its side of sd_notify(3) and does what the unit file says:
Restart=on-failure after RestartSec (an exit with code 0, or one of RestartPreventExitStatus, ends it), WatchdogSec (SIGABRT, and SIGCONT as systemd sends with it; SIGKILL after
TimeoutAbortSec). Lines on standard output say what it did.
"""
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time

UNITS = {'': 1.0, 's': 1.0, 'ms': 0.001, 'min': 60.0}
SOCKET = '/run/holdfast-notify'


def setting(text, name):
    found = re.search(r'^%s=(.*)$' % name, text, re.M)
    if not found:
        raise SystemExit('unitrunner: the unit file has no %s' % name)
    return found.group(1).strip()


def seconds(text):
    number, unit = re.fullmatch(r'([0-9.]+)([a-z]*)', text).groups()
    return float(number) * UNITS[unit]


def say(text):
    print(text, flush=True)


class Unit:
    def __init__(self, file, command):
        with open(file) as unit:
            text = unit.read()
        if setting(text, 'Type') != 'notify' or setting(text, 'Restart') != 'on-failure':
            raise SystemExit('unitrunner: Type=notify and Restart=on-failure are all it knows')
        self.command = command
        self.watchdog = seconds(setting(text, 'WatchdogSec'))
        self.abort = seconds(setting(text, 'TimeoutAbortSec'))
        self.restart = seconds(setting(text, 'RestartSec'))
        self.last = [0] + [int(code) for code in setting(text, 'RestartPreventExitStatus').split()]
        if os.path.exists(SOCKET):
            os.unlink(SOCKET)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(SOCKET)

    def run_once(self):
        environment = dict(os.environ, NOTIFY_SOCKET=SOCKET, WATCHDOG_USEC=str(int(self.watchdog * 1e6)))
        process = subprocess.Popen(self.command, env=environment, stdin=subprocess.DEVNULL)
        say('started %d' % process.pid)
        fed, ready = time.monotonic(), False
        while process.poll() is None:
            if select.select([self.socket], [], [], 0.02)[0]:
                message = self.socket.recv(4096).decode()
                ready = ready or 'READY=1' in message
                if 'WATCHDOG=1' in message:
                    fed = time.monotonic()
            # systemd's watchdog runs from READY=1 on.
            if ready and time.monotonic() - fed > self.watchdog:
                say('watchdog: %d is silent for %g s' % (process.pid, self.watchdog))
                process.send_signal(signal.SIGABRT)
                process.send_signal(signal.SIGCONT)
                try:
                    process.wait(self.abort)
                except subprocess.TimeoutExpired:
                    process.kill()
        code = process.wait()
        say('ended %d, exit code %d' % (process.pid, code))
        return code

    def run(self):
        while self.run_once() not in self.last:
            time.sleep(self.restart)


if __name__ == '__main__':
    Unit(sys.argv[1], sys.argv[2:]).run()
