"""Guests with a real systemd as process 1, and holdfastd as its unit: machines as they are installed."""
import os

from bed.holdfast import UNIT
from bed.systemd import MASKED, TARGET

from .guest import Guest
from .holdfast import VmCluster

# Enabled on the machine that the guests' files are of, or for hardware that they do not have.
OTHERS = ('nginx.service apache2.service mariadb.service named.service postgresql.service redis-server.service logd.service '
          'e2scrub_reap.service getty@tty1.service openipmi.service corosync.service').split()
SETUP = ('[Unit]\nDefaultDependencies=no\nAfter=local-fs-pre.target systemd-journald.service\nBefore=sysinit.target\n'
         '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bed/first unit\n')
AGENT = ('[Unit]\nRequires=bed-setup.service\nAfter=bed-setup.service sysinit.target\nDefaultDependencies=no\n'
         '[Service]\nExecStart=/bed/busybox nc -ll -p 7 -e /bed/agent\nKillMode=process\n')
DROP_IN = '[Unit]\nRequires=bed-setup.service\nAfter=bed-setup.service\n'


class SystemdGuest(Guest):
    boot_limit = 240                    # s; 20 s on free cores

    def _make_units(self):
        folder = self.disk + '/systemd'
        os.makedirs(folder + '/bed.target.wants')
        for unit in MASKED + OTHERS:
            os.symlink('/dev/null', os.path.join(folder, unit))
        for unit, text in (('bed.target', TARGET), ('bed-setup.service', SETUP), ('bed-agent.service', AGENT)):
            self.unit(unit, text)
        self.enable('bed-agent.service')

    def unit(self, name, text):
        """Installs a unit; it is there from the next boot on."""
        path = '%s/systemd/%s' % (self.disk, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)

    def enable(self, unit):
        os.symlink('../' + unit, '%s/systemd/bed.target.wants/%s' % (self.disk, unit))

    def systemctl(self, *arguments, check=True, timeout=60):
        return self.run('systemctl', *arguments, check=check, timeout=timeout)


class SystemdVmCluster(VmCluster):
    """The package's own unit, with its programs where they were built; it is enabled, so it comes up at every boot."""

    def __init__(self, bed, text):
        super().__init__(bed, text)
        with open(UNIT, encoding='utf-8') as file:
            unit = file.read()
        for installed, program in (('/usr/sbin/holdfastd', 'holdfastd'), ('/usr/bin/holdfast', 'holdfast')):
            unit = unit.replace(installed, os.path.join(self.programs, program))
        for guest in bed.nodes.values():
            guest.unit('holdfast.service', unit)
            guest.unit('holdfast.service.d/bed.conf', DROP_IN)
            guest.enable('holdfast.service')

    def start(self, *names):
        """They are up already, without the unit that was made since."""
        for name in names or self.bed.nodes:
            self.bed[name].shell('cp -a /own/systemd/. /etc/systemd/system/ && systemctl daemon-reload && '
                                 'systemctl start --no-block holdfast.service')
