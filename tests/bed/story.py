"""Prints the story of a cluster as it happens: the nodes' own logs, the client's view, and what we do to them."""
import re
import sys
import threading
import time
from datetime import datetime

from .holdfast import LOG
from .outage import gap_of

# <time> <node> <program>[<pid>]: <LEVEL>:<module>:<action>:<resource>:<6-digit id>:<text>            (V1)
LINE = re.compile(r'^(?P<time>.+?) (?P<node>\S+) (?P<program>\S+)\[\d+\]: (?P<level>[A-Z]+):(?P<module>[^:]*):'
                  r'(?P<action>[^:]*):(?P<resource>[^:]*):(?P<id>\d{6}):(?P<text>.*)$')
COLOURS = {'node': ('\033[36m', '\033[35m', '\033[33m', '\033[34m'), 'client': '\033[32m', 'we': '\033[1m',
           'WARN': '\033[33m', 'ERROR': '\033[31m', 'EMERG': '\033[31m', 'end': '\033[0m'}


class Story:
    """Follows logs and clients in a thread of its own; every line has the seconds since the last zero()."""

    def __init__(self, bed, quiet_levels=()):
        self.bed = bed
        self.colour = sys.stdout.isatty()
        self.origin = time.time()
        self.quiet_levels = quiet_levels
        self.read_up_to = {name: 0 for name in bed.nodes}
        self.clients = []               # [program, lines read]
        self.printing = threading.Lock()
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._follow, daemon=True)
        self.thread.start()

    def zero(self, nanoseconds):
        """From now on, times count from this moment."""
        self.catch_up()
        self.origin = nanoseconds / 1e9

    def watch(self, client):
        self.clients.append([client, 0])

    def say(self, text=''):
        """What we do or explain."""
        self.catch_up()
        with self.printing:
            print(self._paint('we', text) if text else '', flush=True)

    def show(self, text):
        """Output of a command, indented."""
        self.catch_up()
        with self.printing:
            print('\n'.join('    ' + line for line in text.rstrip('\n').splitlines()), flush=True)

    def end(self):
        self.ending.set()
        self.thread.join()
        self.catch_up()

    # --- following -----------------------------------------------------------------------------------------------
    def _follow(self):
        while not self.ending.wait(0.03):
            self.catch_up()

    def catch_up(self):
        """Prints everything that has been written since the last time, in the order of its own time stamps."""
        with self.printing:
            found = []
            for name in self.bed.nodes:
                found += self._new_log_lines(name)
            for client in self.clients:
                found += self._new_client_lines(client)
            for stamp, who, level, text in sorted(found, key=lambda item: item[0]):
                when = '%+9.3f s' % (stamp - self.origin)
                print('%s  %s %s' % (when, self._paint_who(who), self._paint(level, text)), flush=True)

    def _new_log_lines(self, name):
        text = self.bed[name].read(LOG)
        start = self.read_up_to[name]
        whole = text.rfind('\n') + 1
        if whole <= start:
            return []
        self.read_up_to[name] = whole
        return [item for item in (self._log_line(name, line) for line in text[start:whole].splitlines()) if item]

    def _log_line(self, name, line):
        match = LINE.match(line)
        if not match:
            return time.time(), name, '', line
        if match['level'] in self.quiet_levels:
            return None
        try:
            stamp = datetime.fromisoformat(match['time'].strip()).timestamp()
        except ValueError:
            stamp = time.time()
        return stamp, name, match['level'], match['text']

    @staticmethod
    def _new_client_lines(client):
        program, start = client
        lines = program.since(start)
        client[1] = start + len(lines)
        found = []
        for line in lines:
            gap = gap_of(line)
            if line.startswith('FIRST '):
                found.append((int(line.split()[1]) / 1e9, 'client', '', 'first answer, from ' + line.split()[2]))
            elif gap and gap.kind == 'GAP':
                found.append((gap.first / 1e9, 'client', '', 'an answer again, from %s; no answer for %.0f ms (%s before)'
                              % (gap.after, gap.milliseconds, gap.before)))
            elif gap:
                found.append((gap.first / 1e9, 'client', '', 'answers come from %s now (%.0f ms after the last of %s)'
                              % (gap.after, gap.milliseconds, gap.before)))
        return found

    # --- colour --------------------------------------------------------------------------------------------------
    def _paint(self, kind, text):
        return COLOURS[kind] + text + COLOURS['end'] if self.colour and kind in COLOURS else text

    def _paint_who(self, who):
        text = '%-7s' % who
        if not self.colour:
            return text
        if who == 'client':
            return self._paint('client', text)
        colours = COLOURS['node']
        return colours[list(self.bed.nodes).index(who) % len(colours)] + text + COLOURS['end']
