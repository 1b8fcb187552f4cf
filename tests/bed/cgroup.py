"""One cgroup per machine, where the outer machine has them, to freeze it at once: v2, else the freezer of v1."""
import os
import time

from .commands import BedError, tag_is_dead

ROOT = 'holdfast-bed'


def _mounts():
    found = {}
    with open('/proc/self/mounts') as mounts:
        for line in mounts:
            _, path, kind, options = line.split()[:4]
            if kind == 'cgroup2':
                found.setdefault('v2', path)
            elif kind == 'cgroup':
                if 'freezer' in options.split(','):
                    found.setdefault('freezer', path)
    return found


def _folders():
    return {kind: os.path.join(path, ROOT) for kind, path in _mounts().items()}


def _write(path, text):
    with open(path, 'w') as file:
        file.write(text)


def _read(path):
    with open(path) as file:
        return file.read()


def _make(path):
    """Makes a folder and those above it; again if another bed that ends took one of them away meanwhile."""
    for _ in range(100):
        try:
            os.makedirs(path, exist_ok=True)
            return True
        except FileNotFoundError:
            continue
        except OSError:
            return False
    return False


def _list(path):
    """The folders in a folder, which another bed may clear away meanwhile."""
    try:
        return [name for name in os.listdir(path) if os.path.isdir(os.path.join(path, name))]
    except (FileNotFoundError, NotADirectoryError):
        return []


class Cgroup:
    def __init__(self, tag, name):
        self.paths = {}
        for kind, folder in _folders().items():
            path = os.path.join(folder, tag, name)
            if not _make(path):
                continue            # not ours to write here (a container): the bed works without
            if kind != 'v2' or os.path.exists(path + '/cgroup.freeze'):
                self.paths[kind] = path
        if 'v2' in self.paths:
            self.paths = {'v2': self.paths['v2']}

    def join_files(self):
        """The files that a process of the machine writes itself into."""
        return [path + '/cgroup.procs' for path in self.paths.values()]

    def can_freeze(self):
        return bool(self.paths)

    def freeze(self, timeout=2):
        if 'v2' in self.paths:
            _write(self.paths['v2'] + '/cgroup.freeze', '1')
            frozen = lambda: 'frozen 1' in _read(self.paths['v2'] + '/cgroup.events')
        elif 'freezer' in self.paths:
            _write(self.paths['freezer'] + '/freezer.state', 'FROZEN')
            frozen = lambda: _read(self.paths['freezer'] + '/freezer.state').strip() == 'FROZEN'
        else:
            raise BedError('no cgroup freezer here')
        end = time.monotonic() + timeout
        while not frozen():
            if time.monotonic() > end:
                raise BedError('the freezer did not freeze within %g s' % timeout)
            time.sleep(0.001)

    def thaw(self):
        if 'v2' in self.paths:
            _write(self.paths['v2'] + '/cgroup.freeze', '0')
        elif 'freezer' in self.paths:
            _write(self.paths['freezer'] + '/freezer.state', 'THAWED')


def remove(tag):
    """Removes the cgroups of a run; its processes are dead or dying."""
    for kind, folder in _folders().items():
        top = os.path.join(folder, tag)
        for name in _list(top):
            _remove_one(kind, os.path.join(top, name))
        _remove_one(kind, top)
        try:
            os.rmdir(folder)        # the last run takes the root away
        except OSError:
            pass


def _remove_one(kind, path):
    for name in _list(path):        # those that holdfastd made for its operations
        _remove_one(kind, os.path.join(path, name))
    for _ in range(200):
        try:
            if kind == 'freezer':
                _write(path + '/freezer.state', 'THAWED')       # a frozen process of v1 does not even die
            os.rmdir(path)
            return
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.01)


def stale_tags():
    tags = set()
    for folder in _folders().values():
        tags.update(name for name in _list(folder) if tag_is_dead(name))
    return tags
