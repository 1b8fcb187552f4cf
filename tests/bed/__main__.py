"""Command line of the bed: selftest | clean | enter NODE [COMMAND...]."""
import sys

from . import enter, selftest, testbed
from .commands import BedError


def main(arguments):
    if arguments[:1] == ['selftest']:
        return selftest.main(arguments[1:])
    if arguments == ['clean']:
        print('removed: ' + (', '.join(testbed.clean()) or 'nothing'))
        return 0
    if arguments[:1] == ['enter'] and len(arguments) > 1:
        return enter.main(arguments[1], arguments[2:])
    print('usage: python3 -m bed selftest | clean | enter NODE [COMMAND...]', file=sys.stderr)
    return 2


try:
    sys.exit(main(sys.argv[1:]))
except BedError as error:
    print('bed: %s' % error, file=sys.stderr)
    sys.exit(1)
