"""QEMU's monitor (QMP): commands to a machine, and what happened to it, with the time."""
import json
import os
import socket
import threading
import time

from bed.commands import BedError


class Monitor:
    def __init__(self, path, is_alive):
        end = time.monotonic() + 10
        self.socket = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError:
                if not is_alive() or time.monotonic() > end:
                    raise BedError('QEMU does not listen at %s' % os.path.basename(path)) from None
                time.sleep(0.02)
        self.events = []            # (CLOCK_MONOTONIC in s, name, data)
        self.answers = []
        self.changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        self.command('qmp_capabilities')

    def _read(self):
        try:
            with self.socket.makefile() as lines:
                for line in lines:
                    said = json.loads(line)
                    with self.changed:
                        if said.get('event') == 'NIC_RX_FILTER_CHANGED':
                            continue
                        if 'event' in said:
                            self.events.append((time.monotonic(), said['event'], said.get('data', {})))
                        elif 'QMP' not in said:
                            self.answers.append(said)
                        self.changed.notify_all()
        except OSError:
            pass                    # the machine was switched off

    def command(self, name, **arguments):
        with self.changed:
            before = len(self.answers)
            self.socket.sendall((json.dumps({'execute': name, 'arguments': arguments}) + '\n').encode())
            if not self.changed.wait_for(lambda: len(self.answers) > before, 10):
                raise BedError('QEMU does not answer to %s' % name)
            answer = self.answers[before]
        if 'error' in answer:
            raise BedError('QEMU: %s: %s' % (name, answer['error'].get('desc')))
        return answer['return']

    def close(self):
        self.socket.close()
