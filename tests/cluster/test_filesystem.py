"""File systems in the cluster (K2): failover, users that are ended, a stop that cannot succeed (F4), a recovery (F5)."""
import shutil
import tempfile

from .case import SERVING, ClusterCase
from bed.commands import Program

PLACE = '/srv'                      # of the machine's own root, so the same on every node


def filesystem(device, options='bind', **settings):
    parameters = {'device': device, 'mount_point': PLACE, 'options': options, 'kill_after': 1}
    return {'name': 'store', 'agent': 'filesystem', 'monitor_interval': '500ms', 'parameters': parameters, **settings}


class Filesystem(ClusterCase):
    def setUp(self):
        self.shared = tempfile.mkdtemp(prefix='holdfast-shared-')     # stands for the shared disk: a folder
        self.addCleanup(shutil.rmtree, self.shared)
        self.visible = (self.shared,)

    def up_with(self, resource=None, **settings):
        self.up(resources=(resource or filesystem(self.shared),), **settings)
        self.serve(resource='store')

    def is_mounted(self, name):
        return self.bed[name].run('mountpoint', '-q', PLACE, check=False).returncode == 0

    def hold(self, name, script):
        """A process of the operator's that uses it; returns its program when it does."""
        program = self.bed[name].spawn('sh', '-c', script)
        self.cluster.wait(lambda: program.lines, 10, 'it uses the file system')
        return program

    def test_failover(self):
        """F3, N2: what was written on alpha is read on beta; never mounted on both."""
        self.up_with()
        self.bed['alpha'].run('sh', '-c', 'echo 4711 > %s/orders' % PLACE)
        self.cluster.do('alpha', 'resource', 'move', 'store', 'beta')
        self.assertFalse(self.is_mounted('alpha'))
        self.assertEqual(self.bed['beta'].run('cat', PLACE + '/orders').stdout, '4711\n')
        self.bed['beta'].power_off()
        self.cluster.wait_states('alpha', 'store', alpha=SERVING)
        self.assertEqual(self.bed['alpha'].run('cat', PLACE + '/orders').stdout, '4711\n')

    def test_users_are_ended(self):
        """K2: a shell that works in it and ignores SIGTERM, and an open file."""
        self.up_with()
        stubborn = self.hold('alpha', "trap '' TERM; cd %s; echo ready; while :; do sleep 1; done" % PLACE)
        writer = self.hold('alpha', 'exec 7>%s/log; echo ready; exec sleep 1000' % PLACE)
        bystander = self.hold('alpha', 'cd /; echo ready; exec sleep 1000')
        self.cluster.do('alpha', 'resource', 'move', 'store', 'beta')
        self.cluster.wait_states('beta', 'store', beta=SERVING, alpha='out-of-service')
        self.assertFalse(self.is_mounted('alpha'))
        self.cluster.wait(lambda: not stubborn.running() and not writer.running(), 5, 'its users have ended')
        self.assertTrue(bystander.running())

    def test_a_stop_that_cannot_succeed_blocks(self):
        """F4: somebody uses it whom the node cannot see, as a kernel thread would: nothing starts on beta."""
        self.up_with(filesystem(self.shared, timeouts={'stop': '3s'}))
        unseen = Program(['nsenter', '-m', '-t', str(self.bed['alpha'].pid), 'sh', '-c',
                          'cd %s; echo ready; exec sleep 1000' % PLACE])
        self.addCleanup(unseen.stop)
        self.cluster.wait(lambda: unseen.lines, 10, 'it uses the file system')
        done = self.cluster.command('alpha', 'resource', 'move', 'store', 'beta')
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.cluster.wait_states('beta', 'store', alpha='failed')
        line = self.cluster.wait_log('alpha', 'END failed stop of "store"')
        self.assertIn('no process uses it', line)
        self.assertTrue(self.is_mounted('alpha'))
        self.assert_never_logged('beta', 'BEGIN start of "store"')
        unseen.stop()
        self.cluster.do('alpha', 'resource', 'stop', 'store')
        self.assertFalse(self.is_mounted('alpha'))
        self.cluster.do('beta', 'resource', 'start', 'store', '--on', 'beta')
        self.assertTrue(self.is_mounted('beta'))

    def test_what_an_operator_unmounted_is_mounted_again(self):
        """F5"""
        self.up_with()
        self.bed['alpha'].run('umount', PLACE)
        self.cluster.wait_log('alpha', 'END successful recover of "store"')
        self.assertTrue(self.is_mounted('alpha'))
        self.assert_never_logged('beta', 'BEGIN start of "store"')

    def test_a_full_one_stays(self):
        """K2: moving it would not free anything."""
        self.up_with(filesystem('store', parameters={'device': 'store', 'type': 'tmpfs', 'mount_point': PLACE,
                                                     'options': 'size=1m'}))
        self.bed['alpha'].run('sh', '-c', 'head -c 2M /dev/zero > %s/much' % PLACE, check=False)
        since = len(self.cluster.log('alpha'))
        self.bed['alpha'].run('mount', '-o', 'remount,ro', PLACE)          # a failure that is none of fullness
        self.cluster.wait_log('alpha', 'is mounted read-only', since=since)
        self.cluster.wait_log('alpha', 'END successful recover of "store"', since=since)
        self.cluster.wait_states('beta', 'store', alpha=SERVING)
        self.assert_never_logged('beta', 'BEGIN start of "store"')

    def test_wrong_parameters_are_refused(self):
        self.make(resources=(filesystem(self.shared, 'ro,rw,bind'),))
        done = self.cluster.command('alpha', 'check', '/etc/holdfast/holdfast.toml')
        self.assertEqual(done.returncode, 1)
        self.assertIn('ro and rw contradict each other', done.stdout + done.stderr)
