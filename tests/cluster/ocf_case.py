"""Life of a service under an OCF agent (K5): a shared disk, an address and a server, all by Debian's agents."""
import contextlib
import os

from .case import SERVING, ClusterCase
from .ocf_services import PLACE
from bed.holdfast import CONFIGURATION, configuration
from bed.shared_disk import SharedDisk
from bed.testbed import ADDRESS

ADDRESS_BY_OCF = {'name': 'address', 'agent': 'ocf:heartbeat:IPaddr2', 'monitor_interval': '1s',
                  'parameters': {'ip': ADDRESS, 'cidr_netmask': 24, 'nic': 'pub0'}}


class OcfCase(ClusterCase):
    def make_disk(self):
        disk = SharedDisk()
        self.addCleanup(disk.close)         # after the bed, whose cleanup is added later
        return disk

    def disk_by_ocf(self, disk, **settings):
        return {'name': 'disk', 'agent': 'ocf:heartbeat:Filesystem', 'monitor_interval': '1s',
                'parameters': {'device': disk.device, 'directory': PLACE, 'fstype': 'ext4', 'OCF_CHECK_LEVEL': 20},
                **settings}

    def up_with(self, kind, **settings):
        """The cluster with a server of this kind, whose first files are on the shared disk; nothing runs yet."""
        disk = self.make_disk()
        self.make(resources=())
        self.service = kind(self.bed)
        disk.fill(self.bed['alpha'], PLACE, lambda: self.service.prepare(self.bed['alpha']))
        self.up_as((self.disk_by_ocf(disk), ADDRESS_BY_OCF, self.service.resource(**settings)))

    def configure(self, resources):
        """The cluster that was made gets these resources instead."""
        for node in self.bed.nodes.values():
            node.write(CONFIGURATION, configuration(self.bed, resources))

    def up_as(self, resources):
        self.configure(resources)
        self.cluster.start()
        self.cluster.wait_formed()

    def wait_fetched(self, wanted):
        self.cluster.wait(lambda: self.service.fetch() == wanted, 30, 'a client gets %r' % wanted)

    def is_mounted(self, name):
        return self.bed[name].run('mountpoint', '-q', PLACE, check=False).returncode == 0

    def assert_nothing_left(self, name):
        gone = lambda: not any(self.bed[name].pids(program) for program in self.service.programs)   # noqa: E731
        self.cluster.wait(gone, 5, 'the server has ended')      # some agents do not wait for it
        self.assertFalse(self.is_mounted(name), self.cluster.report())
        self.assert_has_address(name, False)

    def kill_server(self, name):
        """Every process of the server ends."""
        for program in self.service.programs:
            for pid in self.bed[name].pids(program):
                with contextlib.suppress(ProcessLookupError):       # it ended with one before it
                    os.kill(pid, self.service.death)

    def check_life(self, wanted='4711', stored=True):
        """Start, monitor, recovery in place, move, failover, stop; what was stored is there all the time."""
        self.serve(resource='server')
        if stored:
            self.service.store(wanted)
        self.wait_fetched(wanted)

        self.kill_server('alpha')
        self.cluster.wait_log('alpha', 'END successful recover of "server"', 60)
        self.wait_fetched(wanted)
        self.assert_never_logged('alpha', 'BEGIN stop of "address"')

        self.cluster.do('alpha', 'resource', 'move', 'server', 'beta')
        self.assert_nothing_left('alpha')
        self.wait_fetched(wanted)

        self.bed['beta'].power_off()
        self.cluster.wait_states('alpha', 'server', 60, alpha=SERVING)
        self.wait_fetched(wanted)

        for below in ('disk', 'address'):
            self.cluster.do('alpha', 'resource', 'stop', below)
        self.assert_nothing_left('alpha')
