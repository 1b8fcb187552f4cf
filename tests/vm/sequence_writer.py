"""sequence_writer.py DEVICE NODE: writes 1, 2, 3, ... straight to a shared disk, for ever.

Every node (1 to 8) has a region of its own: the last number in its first block, and in its second one what it saw of the
others when it began. So a number of another node that grows after that is a write that came after the takeover. What
the disk refuses is told once per reason on the standard output.
"""
import mmap
import os
import sys
import time

REGION, BLOCK, NODES = 1024 * 1024, 4096, 8


def block(text):
    memory = mmap.mmap(-1, BLOCK)               # aligned, as O_DIRECT wants it
    memory.write(text.encode().ljust(BLOCK, b'\0'))
    return memory


def read(file, node):
    memory = mmap.mmap(-1, BLOCK)
    os.preadv(file, [memory], node * REGION)
    return int(memory[:].rstrip(b'\0') or 0)


def main(device, node):
    file = os.open(device, os.O_RDWR | os.O_DIRECT | os.O_SYNC)
    seen = ' '.join('%d=%d' % (other, read(file, other)) for other in range(1, NODES + 1) if other != node)
    number = read(file, node)
    os.pwritev(file, [block(seen)], node * REGION + BLOCK)
    refused = None
    while True:
        number += 1
        try:
            os.pwritev(file, [block(str(number))], node * REGION)
        except OSError as error:
            if refused != error.errno:
                refused = error.errno
                print('write %d: %s' % (number, os.strerror(error.errno)), flush=True)
        time.sleep(0.02)


main(sys.argv[1], int(sys.argv[2]))
