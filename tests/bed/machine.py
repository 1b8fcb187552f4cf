"""A machine of the bed: an init process with namespaces of its own; a node is a machine with power and links."""
import os
import signal
import subprocess
import time

from . import network
from .cgroup import Cgroup
from .commands import DIE_WITH_US, BedError, Program, run
from .disk import OwnDisk

# What a node keeps over a power-off, and what it loses. /etc is a copy of the outer machine's.
KEPT = ('/etc', '/var/lib', '/var/log')
LOST = ('/run', '/tmp', '/var/tmp', '/dev/shm')
VAR_LIB = ('corosync', 'nginx', 'holdfast', 'misc')


class Machine:
    """Namespaces and the processes in them. Ends with this Python process, however that ends."""

    def __init__(self, programs, tag, name, mounts=()):
        self.programs = programs        # folder of nodeinit and nodeexec
        self.name = name
        self.mounts = list(mounts)
        self.cgroup = Cgroup(tag, name)
        self.pid = None                 # of the init, in the outer PID namespace
        self.outer = None
        self.started = []

    def power_on(self):
        self.outer = subprocess.Popen(DIE_WITH_US + [self._program('nodeinit'), self.name] + self.mounts,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      text=True, start_new_session=True)
        line = self.outer.stdout.readline()
        if not line:
            raise BedError('%s did not start: %s' % (self.name, self.outer.stderr.read().strip()))
        self.pid = int(line)
        self._join_cgroup()

    def _join_cgroup(self):
        for file in self.join_files():
            with open(file, 'w') as procs:
                procs.write(str(self.pid))

    def join_files(self):
        """The files that a process of the machine writes itself into."""
        return self.cgroup.join_files()

    def is_off(self):
        """True if its init has ended: we switched it off, a fence agent did, or it reset itself."""
        return self.pid is None or self.outer.poll() is not None

    def kill(self):
        """Every process of the machine dies at once; one that ended by itself is cleared away."""
        if self.pid is None:
            return
        if not self.is_off():
            os.kill(self.pid, signal.SIGKILL)
        self.cgroup.thaw()
        self.outer.wait()
        self.outer.stdout.close()
        self.outer.stderr.close()
        self.pid = None
        for program in self.started:
            program.stop()
        self.started = []

    def _program(self, name):
        return os.path.join(self.programs, name)

    def inside(self, *command):
        """The command line that runs a command in this machine."""
        if self.pid is None:
            raise BedError('%s is off' % self.name)
        return [self._program('nodeexec'), str(self.pid)] + self.join_files() + ['--'] + list(command)

    def run(self, *command, check=True, timeout=60, input=None):
        return run(*self.inside(*command), check=check, timeout=timeout, input=input)

    def spawn(self, *command, log=None):
        """Starts a program; its lines are kept, or go to the file `log` (an outside path)."""
        program = Program(self.inside(*command), log)
        self.started.append(program)
        return program

    def pids(self, name=None):
        """PIDs (outer) of the machine's processes, of those with this command name only if given."""
        own = os.readlink('/proc/%d/ns/pid' % self.pid)
        found = []
        for entry in os.listdir('/proc'):
            if not entry.isdigit():
                continue
            try:
                if os.readlink('/proc/%s/ns/pid' % entry) != own:
                    continue
                with open('/proc/%s/comm' % entry) as comm, open('/proc/%s/stat' % entry) as stat:
                    if stat.read().rsplit(')', 1)[1].split()[0] != 'Z' and name in (None, comm.read().strip()):
                        found.append(int(entry))
            except OSError:
                continue
        return sorted(found)


class Node(Machine, OwnDisk):
    """A node of the cluster: three networks, a disk of its own, a power switch."""

    def __init__(self, bed, number, name):
        self.bed = bed
        self.number = number
        self.disk = os.path.join(bed.folder, name)
        mounts = ['bind:%s=%s' % (self.path(target), target) for target in KEPT]
        mounts += ['tmpfs:' + target for target in LOST]
        mounts += ['keep:' + path for path in bed.visible if path.startswith(tuple(t + '/' for t in KEPT + LOST))]
        super().__init__(bed.programs, bed.tag, name, mounts)

    def address(self, net):
        return '%s.%d' % (network.PREFIXES[net], self.number)

    def path(self, inside):
        """Where a file of the node's disk is seen from outside."""
        for target in KEPT:
            if inside == target or inside.startswith(target + '/'):
                return os.path.join(self.disk, target.strip('/').replace('/', '-')) + inside[len(target):]
        raise BedError('%s is not on the disk of a node (%s)' % (inside, ', '.join(KEPT)))

    def make_disk(self):
        os.makedirs(self.disk)
        run('cp', '-a', '/etc', self.path('/etc'))
        for name in VAR_LIB:
            os.makedirs(os.path.join(self.path('/var/lib'), name))
        for name in ('corosync', 'nginx'):
            os.makedirs(os.path.join(self.path('/var/log'), name))
        for own in ('corosync', 'holdfast'):        # nothing of an installed product
            run('rm', '-rf', self.path('/etc/' + own))
            os.mkdir(self.path('/etc/' + own))
        self.write('/etc/hostname', self.name + '\n')
        self.write('/etc/hosts', '127.0.0.1 localhost\n' + ''.join(
            '%s %s\n' % (node.address(0), node.name) for node in self.bed.nodes.values()))

    # --- power ---------------------------------------------------------------------------------------------------
    def boot(self):
        """Switches the machine on: namespaces, networks, nothing else runs yet."""
        if self.pid is not None:
            raise BedError('%s is on already' % self.name)
        self.bed.hub.detach(self.name)
        self.power_on()
        self.bed.hub.attach(self, self.number)

    def power_off(self):
        """Silent on all networks and every process killed, at once. Returns the time of it (CLOCK_REALTIME, ns)."""
        time_of_it = time.time_ns()
        self.bed.hub.switch(self.name, network.ALL, False)
        self.kill()
        return time_of_it

    # --- freeze --------------------------------------------------------------------------------------------------
    def freeze(self):
        """Every process stands still. The kernel's part of the node goes on (it answers ARP and pings): for a
        machine that stands still as a whole, cut its networks, too."""
        if self.cgroup.can_freeze():
            return self.cgroup.freeze()
        stopped = set()
        while left := set(self.pids()) - stopped - {self.pid}:     # again: one may have forked another meanwhile
            for pid in left:
                self._signal(pid, signal.SIGSTOP)
            stopped |= left

    def thaw(self):
        if self.cgroup.can_freeze():
            return self.cgroup.thaw()
        for pid in set(self.pids()) - {self.pid}:
            self._signal(pid, signal.SIGCONT)

    @staticmethod
    def _signal(pid, number):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass

    # --- networks ------------------------------------------------------------------------------------------------
    def cut(self, *networks):
        """Cuts networks (default: the links) silently; returns the time of it (CLOCK_REALTIME, ns)."""
        time_of_it = time.time_ns()
        self.bed.hub.switch(self.name, networks or network.LINKS, False)
        return time_of_it

    def restore(self, *networks):
        self.bed.hub.switch(self.name, networks or network.LINKS, True)
