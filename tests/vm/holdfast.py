"""The product in guests: holdfastd, Corosync and holdfast as they were built, on kernels of their own."""
import os
import signal

from bed.commands import BedError, wait_until
from bed.holdfast import LOG, OUTPUT, PATH, UNIT, UNIT_RUNNER, Cluster


class VmCluster(Cluster):
    """As Cluster, with PIDs of the guests, and what QEMU saw among the evidence."""

    def start(self, *names):
        for name in names or self.bed.nodes:
            command = [*self.before.get(name, []), os.path.join(self.programs, 'holdfastd'),
                       *self.options.get(name, [])]
            if self.managed:
                command = ['python3', '-B', UNIT_RUNNER, UNIT] + command
            self.bed[name].spawn('env', PATH, *command, log=OUTPUT)

    def boot(self, name):
        self.bed[name].power_on()
        self.bed[name].wait_up()
        self.start(name)

    def signal(self, name, number, program='holdfastd'):
        pid = self.pid(name, program)
        if pid is None:
            raise BedError('%s does not run on %s' % (program, name))
        self.bed[name].run('kill', '-%d' % number, str(pid))
        return pid

    def kill(self, name, program='holdfastd'):
        pid = self.signal(name, signal.SIGKILL, program)
        wait_until(lambda: self.pid(name, program) != pid, 10, '%s on %s is dead' % (program, name))
        return pid

    def check(self, name):
        """`holdfast check` of the node's own file, as an operator asks on that node."""
        return self.command(name, 'check', '/etc/holdfast/holdfast.toml')

    def report(self, lines=25):
        text = ''
        for guest in self.bed.nodes.values():
            text += guest.evidence()
            if not guest.is_off():
                done = guest.run('env', PATH, os.path.join(self.programs, 'holdfast'), 'status', check=False, timeout=10)
                text += '\n    status: exit code %d\n%s' % (done.returncode, done.stdout)
            for file in (LOG, OUTPUT):
                tail = guest.read(file).splitlines()[-lines:]
                if tail:
                    text += '\n    %s %s:\n        ' % (guest.name, file) + '\n        '.join(tail)
        return text
