"""The guests' first files: busybox, the modules that a root over 9p needs, and the scripts of guest/."""
import gzip
import os
import stat

BUSYBOX = '/usr/bin/busybox'
MODULES = ('virtio_pci', '9p', '9pnet_virtio', 'overlay', 'virtio_net', 'virtio_blk', 'virtio_rng')
SCRIPTS = os.path.join(os.path.dirname(os.path.realpath(__file__)), 'guest')
FOLDERS = ('bin', 'bed', 'modules', 'proc', 'sys', 'dev', 'lower', 'upper', 'root')


def _record(number, name, mode, content=b''):
    """One entry of a cpio archive of the kind that the kernel reads ("newc")."""
    encoded = name.encode() + b'\0'
    numbers = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(encoded), 0)
    head = b'070701' + b''.join(b'%08X' % value for value in numbers) + encoded
    return head + b'\0' * (-len(head) % 4) + content + b'\0' * (-len(content) % 4)


def _read(path):
    with open(path, 'rb') as file:
        return file.read()


def write(path, kernel):
    program = stat.S_IFREG | 0o755
    modules = kernel.files_of(MODULES)
    entries = [(folder, stat.S_IFDIR | 0o755, b'') for folder in FOLDERS]
    entries += [('bin/busybox', program, _read(BUSYBOX)), ('bin/sh', stat.S_IFLNK | 0o777, b'busybox'),
                ('init', program, _read(os.path.join(SCRIPTS, 'init')))]
    entries += [('bed/' + name, program, _read(os.path.join(SCRIPTS, name))) for name in ('first', 'agent')]
    entries += [('modules/' + os.path.basename(file), stat.S_IFREG | 0o644, _read(file)) for file in modules]
    entries.append(('modules/order', stat.S_IFREG | 0o644, ''.join(os.path.basename(f) + '\n' for f in modules).encode()))
    archive = b''.join(_record(number, *entry) for number, entry in enumerate(entries, 1))
    with open(path, 'wb') as file:
        file.write(gzip.compress(archive + _record(0, 'TRAILER!!!', 0), 1))
