"""The bed as a whole: nodes, hub and client, made and removed together."""
import os
import shutil
import signal
import sys
import tempfile

from . import cgroup
from .commands import BedError, Program, own_tag, run, tag_is_dead
from .machine import Machine, Node
from .network import Hub

PREFIX = 'holdfast-bed-'
ADDRESS = '10.77.9.100'         # the service address that tests use
CLIENT_NUMBER = 200
REPOSITORY = os.path.realpath(os.path.join(os.path.dirname(__file__), '..', '..'))


def _exit_on_sigterm(*_):
    sys.exit(143)


class Bed:
    """`with Bed(['alpha', 'beta']) as bed:` makes the machines; `bed['alpha']` is a node.

    build: the build folder whose bed/ holds the bed's programs. visible: further folders that every node sees where
    they are (the repository always). kind: the class of its nodes.
    """

    def __init__(self, names, build=None, visible=(), kind=Node):
        self.build = os.path.realpath(build or os.environ.get('HOLDFAST_BUILD', os.path.join(REPOSITORY, 'build/dev')))
        self.programs = os.path.join(self.build, 'bed')
        self.visible = sorted({REPOSITORY, self.build, *visible})
        self.visible = [path for path in self.visible
                        if not any(path.startswith(other + '/') for other in self.visible)]
        self.names = list(names)
        self.kind = kind
        self.tag = own_tag()
        self.folder = None
        self.nodes = {}
        self.hub = None
        self.client = None

    def __getitem__(self, name):
        return self.nodes[name]

    def __enter__(self):
        if os.geteuid() != 0:
            raise BedError('the test bed needs root')
        if not os.access(os.path.join(self.programs, 'nodeinit'), os.X_OK):
            raise BedError('no programs of the bed in %s: build the target "bed" first' % self.programs)
        clean()
        signal.signal(signal.SIGTERM, _exit_on_sigterm)
        self.folder = os.path.join(tempfile.gettempdir(), PREFIX + self.tag)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.mkdir(self.folder, 0o755)
        try:
            self._make()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _make(self):
        hub = Machine(self.programs, self.tag, 'hub')
        self._machines = [hub]
        hub.power_on()
        self.hub = Hub(hub)
        self.client = Machine(self.programs, self.tag, 'client')
        self._machines.append(self.client)
        self.client.power_on()
        self.hub.attach(self.client, CLIENT_NUMBER)
        for number, name in enumerate(self.names, 1):
            self.nodes[name] = self.kind(self, number, name)
        for node in self.nodes.values():
            node.make_disk()
            node.boot()

    def __exit__(self, *_):
        ignored = signal.signal(signal.SIGINT, signal.SIG_IGN)      # a second Ctrl-C must not stop the cleaning
        try:
            if os.environ.get('HOLDFAST_BED_KEEP'):
                print('kept: ' + self.folder, file=sys.stderr)
            for machine in list(self.nodes.values()) + list(reversed(getattr(self, '_machines', []))):
                machine.kill()
            if self.hub:
                self.hub.close()
            cgroup.remove(self.tag)
            if not os.environ.get('HOLDFAST_BED_KEEP'):
                shutil.rmtree(self.folder, ignore_errors=True)
        finally:
            signal.signal(signal.SIGINT, ignored)

    def others(self, name):
        return [node for node in self.nodes.values() if node.name != name]

    def watch_web(self, address=ADDRESS, port=80, period_ms=10, gap_ms=50) -> Program:
        """A web client (webclient.cc says what it prints)."""
        return self.client.spawn(os.path.join(self.programs, 'webclient'), address, str(port), str(period_ms),
                                 str(gap_ms))

    def watch_address(self, address=ADDRESS, period_ms=1, gap_ms=5) -> Program:
        """A ping client (pingclient.cc says what it prints)."""
        return self.client.spawn(os.path.join(self.programs, 'pingclient'), address, 'pub0', str(period_ms),
                                 str(gap_ms))


def clean():
    """Removes what runs that were killed left behind: folders and cgroups (all else ends with its process)."""
    removed = []
    for tag in cgroup.stale_tags():
        cgroup.remove(tag)
        removed.append('cgroup ' + tag)
    for name in os.listdir(tempfile.gettempdir()):
        if name.startswith(PREFIX) and tag_is_dead(name[len(PREFIX):]):
            run('rm', '-rf', '--one-file-system', os.path.join(tempfile.gettempdir(), name))
            removed.append(name)
    return removed
