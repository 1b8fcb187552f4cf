"""Reads what webclient and pingclient print (outage.h)."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Gap:
    """A hole in the answers; times are CLOCK_REALTIME nanoseconds."""
    kind: str           # GAP or MOVE
    last: int           # last answer before
    first: int          # first answer after
    milliseconds: float
    before: str         # who answered before
    after: str


def gap_of(line):
    fields = line.split()
    if len(fields) != 6 or fields[0] not in ('GAP', 'MOVE'):
        return None
    return Gap(fields[0], int(fields[1]), int(fields[2]), float(fields[3]), fields[4], fields[5])


def gaps(lines):
    return [gap for gap in map(gap_of, lines) if gap]


def wait_answer(client, timeout):
    """Waits for the first answer of all; returns who gave it, or None."""
    line = client.wait_line(lambda text: text.startswith('FIRST '), timeout)
    return line.split()[2] if line else None


def wait_gap(client, timeout, start, after=None):
    """The first GAP or MOVE from line `start` on (that ends with an answer of `after`), or None."""
    def wanted(line):
        gap = gap_of(line)
        return gap is not None and after in (None, gap.after)
    line = client.wait_line(wanted, timeout, start)
    return gap_of(line) if line else None
