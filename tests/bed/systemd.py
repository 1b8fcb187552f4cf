"""Nodes with a real systemd as process 1, and holdfastd as its unit: what an installed machine is."""
import os

from .commands import BedError, wait_until
from .holdfast import UNIT, Cluster
from .machine import Node

INIT = '/lib/systemd/systemd'
UNITS = '/etc/systemd/system'
BOOT_LIMIT = 60
TARGET = '[Unit]\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\nWants=dbus.service\n'
# What belongs to a machine with hardware, or would touch what the nodes share with the outer machine.
MASKED = ('systemd-udevd.service systemd-udev-trigger.service systemd-udevd-kernel.socket systemd-udevd-control.socket '
          'systemd-modules-load.service systemd-sysctl.service systemd-sysusers.service systemd-random-seed.service '
          'systemd-update-utmp.service systemd-journal-flush.service systemd-journal-catalog-update.service '
          'systemd-update-done.service systemd-firstboot.service systemd-hwdb-update.service systemd-pstore.service '
          'systemd-timesyncd.service systemd-tmpfiles-setup.service systemd-tmpfiles-setup-dev.service '
          'systemd-tmpfiles-clean.timer systemd-remount-fs.service systemd-machine-id-commit.service '
          'systemd-binfmt.service systemd-repart.service systemd-pcrphase.service systemd-pcrphase-sysinit.service '
          'kmod-static-nodes.service dev-mqueue.mount dev-hugepages.mount sys-kernel-debug.mount '
          'sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount '
          'proc-sys-fs-binfmt_misc.automount').split()
SYSTEMD_SAYS_UP = ('running', 'degraded')


class SystemdNode(Node):
    """A node whose process 1 is systemd, in a cgroup namespace of its own."""

    def __init__(self, bed, number, name):
        super().__init__(bed, number, name)
        folder = self.cgroup.paths.get('v2')
        if folder is None or not os.access(INIT, os.X_OK):
            raise BedError('this machine cannot run systemd as process 1 of a node: %s'
                           % ('no package systemd' if folder else 'no cgroups of version 2 with a freezer'))
        self.mounts = [mount for mount in self.mounts if mount != 'tmpfs:/dev/shm']     # /dev is its own as a whole
        self.mounts += ['init:' + INIT, 'cgroup:' + folder]
        # Commands from outside have a place of their own: systemd's root holds no processes.
        self.visitors = os.path.join(folder, 'visitors')

    def join_files(self):
        return [self.visitors + '/cgroup.procs']

    def _join_cgroup(self):
        pass                            # its first process did so itself, to make the namespace

    def make_disk(self):
        super().make_disk()
        self.write(UNITS + '/bed.target', TARGET)
        for unit in MASKED:
            self._link(unit, '/dev/null')
        self.write('/etc/machine-id', '%032x\n' % (0x77000000 + self.number))
        self.write('/etc/fstab', '')
        self.write('/etc/resolv.conf', '')
        os.makedirs(self.path('/var/lib/systemd'), exist_ok=True)

    def _link(self, unit, target):
        path = self.path('%s/%s' % (UNITS, unit))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.lexists(path):
            os.unlink(path)
        os.symlink(target, path)

    def boot(self):
        os.makedirs(self.visitors, exist_ok=True)
        super().boot()
        wait_until(self._is_up, BOOT_LIMIT, lambda: 'systemd on %s is up; this machine may be unable to run it as process '
                   '1 of a namespace: %s' % (self.name, self._trouble()))

    def _is_up(self):
        if self.is_off():
            raise BedError('systemd on %s ended while it booted: this machine cannot run it as process 1 of a namespace: %s'
                           % (self.name, self.outer.stderr.read()))
        return self.systemctl('is-system-running', check=False).stdout.strip() in SYSTEMD_SAYS_UP

    def _trouble(self):
        return self.systemctl('list-jobs', check=False).stdout + self.systemctl('--failed', check=False).stdout

    def systemctl(self, *arguments, check=True, timeout=60):
        return self.run('systemctl', *arguments, check=check, timeout=timeout)

    def unit(self, name, text):
        """Installs a unit, which nobody starts."""
        self.write('%s/%s' % (UNITS, name), text)
        if self.pid is not None:
            self.systemctl('daemon-reload')

    def enable(self, unit):
        """So that it comes up with the next boot."""
        self._link('bed.target.wants/' + unit, '../' + unit)

    def shown(self, unit, name):
        return self.systemctl('show', '-P', name, unit).stdout.strip()

    def reboot(self):
        """As an operator does it; returns when the machine is off. Power on: kill(), which clears it away, and boot()."""
        self.spawn('systemctl', 'reboot')
        wait_until(self.is_off, 60, lambda: '%s is off: %s' % (self.name, self._trouble()))

    def journal(self, *arguments):
        return self.run('journalctl', '--no-pager', '-o', 'short-precise', *arguments, check=False).stdout


class SystemdCluster(Cluster):
    """The product as units: the package's own unit file, its programs where they were built."""

    def __init__(self, bed, text):
        super().__init__(bed, text)
        with open(UNIT) as file:
            unit = file.read()
        for installed, program in (('/usr/sbin/holdfastd', 'holdfastd'), ('/usr/bin/holdfast', 'holdfast')):
            if installed not in unit:
                raise BedError('the unit file does not run ' + installed)
            unit = unit.replace(installed, os.path.join(self.programs, program))
        for node in bed.nodes.values():
            node.unit('holdfast.service', unit)

    def start(self, *names):
        for name in names or self.bed.nodes:
            self.bed[name].systemctl('start', '--no-block', 'holdfast.service')

    def report(self, lines=25):
        text = super().report(lines)
        for node in self.bed.nodes.values():
            if not node.is_off():
                text += '\n    %s journal:\n        ' % node.name + '\n        '.join(
                    node.journal('-n', str(lines)).splitlines())
        return text
