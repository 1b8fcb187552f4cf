"""Kind `disk` (K3, B2): SCSI-3 persistent reservations on an iSCSI disk that two guests share."""
import os
import signal
import time

from bed.commands import wait_until

from .case import FORMED, SERVING, GuestCase
from .storage import Store

WRITER = os.path.join(os.path.dirname(os.path.realpath(__file__)), 'sequence_writer.py')
REFUSALS = '/var/log/refused'
DISK = {'name': 'shared', 'agent': 'disk', 'monitor_interval': '5s', 'parameters': {'device': '/dev/sda'}}


def writes_to(device):
    """As a database would: it writes all the time, to the bare disk, and does not care what the disk says."""
    return {'name': 'writer', 'agent': 'process', 'depends_on': ['shared'],
            'parameters': {'command': ['/bin/sh', '-c', 'node=1; [ "$(hostname)" = alpha ] || node=2; '
                                       'exec python3 -B %s %s $node >> %s' % (WRITER, device, REFUSALS)]}}


WRITES = writes_to('/dev/sda')
# One small file after the other, told when it is synced.
FILE_WRITER = ('cd /srv/data && i=$(ls | sort -n | tail -n 1); while :; do i=$((${i:-0} + 1)); echo $(hostname) $i > $i && '
               'sync $i && echo $i >> %s; sleep 0.05; done' % REFUSALS)
ALPHA, BETA = 1, 2
RENEWAL = 5             # s
SLACK = 15              # s; emulated processors, on cores that others use


class DiskCase(GuestCase):
    paths = 1

    def shared(self, resources=(DISK, WRITES), mapped=False, before_daemons=lambda: None, **settings):
        """Two nodes that share a disk of a third guest; the daemons run. mapped: its paths are those of /dev/mapper/both."""
        self.share(('alpha', 'beta', 'store'))
        if mapped:
            for guest in self.bed.nodes.values():
                self.store.join_paths(guest)
        before_daemons()
        settings.setdefault('startup_wait', '10s')
        self.configure(resources, **settings)
        self.cluster.start()
        self.cluster.wait_formed(FORMED)

    def share(self, names):
        """The guests, one of them with the disk, which is no node."""
        self.make(nodes=names)
        store = self.bed.nodes.pop('store')
        self.addCleanup(store.kill)
        self.store = Store(store)
        self.store.serve()
        for guest in self.bed.nodes.values():
            self.store.login(guest, self.paths)

    def wait_writes(self, number, timeout=60):
        """A node writes: its number grows."""
        begin = self.store.sequence(number)
        wait_until(lambda: self.store.sequence(number) > begin + 2, timeout,
                   lambda: 'node %d writes%s' % (number, self.cluster.report()))

    def assert_last_write_before_takeover(self, loser=ALPHA, taker=BETA):
        """What the taker saw of the other when it began is what there is of it now."""
        self.assertEqual(self.store.sequence(loser), self.store.taken_over_at(taker, loser))

    def watches(self, name):
        return self.bed[name].pids('holdfast-disk')


class Reservation(DiskCase):
    def test_taken_kept_and_given_back(self):
        self.shared()
        self.serve(resource='writer')
        self.wait_writes(ALPHA)
        keys = self.store.keys(self.bed['alpha'])
        self.assertEqual(len(keys), 1)
        self.assertTrue(keys[0].startswith('0x4846') and keys[0].endswith('1'), keys)
        watch = self.watches('alpha')
        self.assertEqual(len(watch), 1)
        self.cluster.kill('alpha')                      # the daemon: the watch goes on, and is found
        self.assertEqual(self.watches('alpha'), watch)
        self.cluster.start('alpha')
        self.cluster.wait_formed(FORMED)
        self.cluster.wait_states('alpha', 'writer', 60, alpha=SERVING)
        self.assertEqual(self.watches('alpha'), watch)
        self.cluster.do('alpha', 'resource', 'move', 'writer', '--on', 'beta')
        self.cluster.wait_states('alpha', 'writer', 60, beta=SERVING)
        self.wait_writes(BETA)
        self.assertEqual(self.watches('alpha'), [])
        self.assertEqual(len(self.watches('beta')), 1)
        self.assertTrue(self.store.keys(self.bed['beta'])[0].endswith('2'))
        self.assert_last_write_before_takeover()
        self.cluster.do('beta', 'resource', 'stop', 'shared')
        self.assertEqual(self.store.keys(self.bed['beta']), [])
        self.assert_no_reset('alpha', 'beta')

    def test_the_key_of_a_dead_node_is_preempted(self):
        self.shared()
        self.serve(resource='writer')
        self.wait_writes(ALPHA)
        begun = time.monotonic()
        self.bed['alpha'].power_off()
        self.wait_writes(BETA)
        print('from the power-off to a write of the other node: %.1f s' % (time.monotonic() - begun))
        keys = self.store.keys(self.bed['beta'])
        self.assertEqual([key[-1] for key in keys], ['2'])
        self.assert_last_write_before_takeover()
        self.assert_no_reset('beta')

    def test_a_disk_of_another_cluster_is_refused(self):
        self.shared()
        self.bed['beta'].run('sg_persist', '-n', '--out', '--register-ignore', '--param-sark=0xf00', '/dev/sda')
        line = 'device /dev/sda has the key 0x0000000000000f00, which is not of this cluster'
        self.assert_one_line(self.cluster.check('alpha'), 0, 'resource "shared": could not start on this node now', line)
        self.assertNotEqual(self.cluster.command('alpha', 'resource', 'start', 'writer', '--on', 'alpha').returncode, 0)
        self.cluster.wait_log('alpha', line)
        self.assertEqual(self.store.keys(self.bed['alpha']), ['0xf00'])
        self.bed['beta'].run('sg_persist', '-n', '--out', '--clear', '--param-rk=0xf00', '/dev/sda')
        self.serve(resource='writer')
        self.wait_writes(ALPHA)

    def test_what_is_no_such_disk_is_refused(self):
        """One clear line each: no reservations, a partition, no device."""
        self.make(nodes=('alpha',))
        for device, words in (('/dev/vda', 'device /dev/vda does not support persistent reservations'),
                              ('/dev/absent', 'device /dev/absent does not exist on this node'),
                              ('/dev/null', '/dev/null is no block device')):
            self.configure(({**DISK, 'parameters': {'device': device}},), engine='local')
            self.assert_one_line(self.cluster.check('alpha'), 0, 'could not start on this node now', words)

    def test_a_device_that_does_not_answer_is_a_failed_resource(self):
        """alpha alone has lost it: what is on it fails over in order, and nobody is reset."""
        self.shared()
        self.serve(resource='writer')
        self.wait_writes(ALPHA)
        begun = time.monotonic()
        self.store.cut(self.bed['alpha'])
        self.wait_writes(BETA, 120)
        print('from the cut to a write of the other node: %.1f s' % (time.monotonic() - begun))
        self.assert_last_write_before_takeover()
        self.store.restore(self.bed['alpha'])
        self.assertEqual(self.watches('alpha'), [])
        self.assert_no_reset('alpha', 'beta')


class SplitBrain(DiskCase):
    def assert_reset_and_takeover(self, begun):
        """beta takes the disk, alpha is reset, and of alpha nothing is written after that."""
        self.cluster.wait_log('beta', 'END successful start of "shared"', 90)
        taken = time.monotonic()
        self.wait_reset('alpha', begun, taken - begun + RENEWAL + 2 * SLACK)
        print('%.1f s after the takeover was seen' % (self.bed['alpha'].resets()[-1] - taken))
        self.assertLess(self.bed['alpha'].resets()[-1] - taken, RENEWAL + SLACK)
        self.assertIn('node beta has taken device /dev/sda: this node is reset at once', self.bed['alpha'].console())
        self.wait_writes(BETA)
        self.assert_last_write_before_takeover()
        self.assert_no_reset('beta')

    def test_both_alive(self):
        """B1, B2: the links are cut, both nodes live and reach the disk. The loser is reset, and when it is up again and
        still hears nobody, it does not take the disk back."""
        self.shared()
        self.serve(resource='writer')
        self.wait_writes(ALPHA)
        begun = time.monotonic()
        self.bed['alpha'].cut()
        self.assert_reset_and_takeover(begun)
        self.assertRegex(self.bed['alpha'].read(REFUSALS), r'write \d+: ')
        self.bed['alpha'].wait_up()
        self.store.login(self.bed['alpha'])
        begin = len(self.cluster.log('alpha'))
        self.cluster.start('alpha')
        self.cluster.wait_log('alpha', 'in use by node beta, which lives', 90, since=begin)
        self.wait_writes(BETA)
        self.assert_last_write_before_takeover()
        self.bed['alpha'].restore()
        self.cluster.wait_formed(FORMED)
        self.cluster.wait_states('alpha', 'writer', 60, beta=SERVING)
        self.assertEqual(len(self.bed['alpha'].resets()), 1)
        self.assert_no_reset('beta')
        self.wait_writes(BETA)

    def test_the_daemon_of_the_loser_is_stuck(self):
        """The watch needs no daemon."""
        self.shared()
        self.serve(resource='writer')
        self.wait_writes(ALPHA)
        self.cluster.signal('alpha', signal.SIGSTOP)
        begun = time.monotonic()
        self.bed['alpha'].cut()
        self.assert_reset_and_takeover(begun)

    def test_the_loser_stands_still_meanwhile(self):
        """A machine that is frozen, and wakes as a loser, with a write on its lips."""
        self.shared()
        self.serve(resource='writer')
        self.wait_writes(ALPHA)
        self.bed['alpha'].freeze()
        begun = time.monotonic()
        self.cluster.wait_log('beta', 'END successful start of "writer"', 90)
        self.wait_writes(BETA)
        self.bed['alpha'].thaw()
        self.wait_reset('alpha', begun, time.monotonic() - begun + RENEWAL + 3 * SLACK)
        self.assert_last_write_before_takeover()
        self.assert_no_reset('beta')


class TwoPaths(DiskCase):
    paths = 2

    def test_one_path_is_enough_and_both_are_registered(self):
        """The agent as the daemon calls it, without one: start, start again, a path cut, the watch killed, stop."""
        self.share(('alpha', 'store'))
        alpha = self.bed['alpha']
        self.assert_answer('start', 0)
        self.assertEqual(len(self.store.keys(alpha)), 2)
        watch = self.watches('alpha')
        self.assertEqual(len(watch), 1)
        self.assert_answer('start', 0)
        self.assertEqual(self.watches('alpha'), watch)
        self.assert_answer('monitor', 0)
        self.store.cut(alpha, 1)
        wait_until(lambda: self.answer('monitor').returncode == 190, 120, 'the monitor misses a path')
        self.assert_answer('monitor', 190, '/dev/sdb')
        wait_until(lambda: 'holdfast: disk "shared": device /dev/sdb' in alpha.run('dmesg').stdout, 60,
                   'the watch misses the path')
        alpha.run('kill', '-9', str(watch[0]))
        wait_until(lambda: self.watches('alpha') != watch, 10, 'the watch is dead')
        self.assert_answer('monitor', 1, 'its watch has ended')
        self.assert_answer('recover', 0)
        self.assertEqual(len(self.watches('alpha')), 1)
        self.assertEqual(len(self.store.keys(alpha)), 2)
        self.assert_answer('stop', 0)
        # What the path that is cut has registered is given back over the other one; LIO does not always let that be done.
        self.assertLessEqual(len(self.store.keys(alpha)), 1)
        self.assertEqual(self.watches('alpha'), [])
        self.assert_answer('monitor', 7)
        self.assertEqual(alpha.resets(), [])

    def answer(self, action):
        given = {'OCF_RESOURCE_INSTANCE': 'shared', 'OCF_RESKEY_device': '/dev/sda', 'OCF_RESKEY_paths': '["/dev/sdb"]',
                 'OCF_RESKEY_CRM_meta_timeout': '60000', 'HOLDFAST_CLUSTER_ID': '1234abcd', 'HOLDFAST_NODE_ID': '1'}
        return self.bed['alpha'].run('env', *('%s=%s' % pair for pair in given.items()),
                                     os.path.join(self.bed.build, 'bin/holdfast-agent'), 'disk', action, check=False)

    def assert_answer(self, action, code, words=''):
        done = self.answer(action)
        self.assertEqual(done.returncode, code, done.stdout)
        self.assertIn(words, done.stdout)

    def test_a_multipath_device(self):
        """The device mapper's own; each of its paths is registered."""
        self.shared(({**DISK, 'parameters': {'device': '/dev/mapper/both'}}, writes_to('/dev/mapper/both')), mapped=True)
        self.serve(resource='writer')
        self.assertEqual(len(self.store.keys(self.bed['alpha'])), 2)
        begun = time.monotonic()
        self.bed['alpha'].cut()
        self.wait_reset('alpha', begun, 120)
        self.wait_writes(BETA)
        self.assertEqual([key[-1] for key in self.store.keys(self.bed['beta'])], ['2', '2'])
        self.assert_last_write_before_takeover()


class FileSystems(DiskCase):
    """K2 on a disk that is taken without an unmount: the journal is replayed, and every file that was synced is whole."""

    def unclean(self, kind):
        files = {'name': 'files', 'agent': 'filesystem', 'depends_on': ['shared'],
                 'parameters': {'device': '/dev/sda', 'mount_point': '/srv/data', 'type': kind, 'create_mount_point': True}}
        writes = {'name': 'writer', 'agent': 'process', 'depends_on': ['files'],
                  'parameters': {'command': ['/bin/sh', '-c', FILE_WRITER]}}
        self.shared((DISK, files, writes), before_daemons=lambda: self.bed['alpha'].run('mkfs.' + kind, '-q', '/dev/sda'))
        self.serve(resource='writer')
        number = self.wait_files('alpha', 10)
        begun = time.monotonic()
        self.bed['alpha'].cut()
        self.cluster.wait_states('beta', 'writer', 120, beta=SERVING)
        print('%s: from the cut to in service on the other node: %.1f s' % (kind, time.monotonic() - begun))
        self.wait_reset('alpha', begun, time.monotonic() - begun + RENEWAL + SLACK)
        said = self.bed['alpha'].read(REFUSALS)                 # what alpha knew to be synced
        synced = max(int(line) for line in said.splitlines() if line.isdigit())
        self.assertGreaterEqual(synced, number)
        self.bed['beta'].shell('cd /srv/data && for i in $(seq 1 %d); do [ "$(cat $i)" = "alpha $i" ] || '
                               '{ echo $i; exit 1; }; done' % synced, timeout=300)
        self.wait_files('beta', synced + 5)
        self.cluster.do('beta', 'resource', 'stop', 'shared')
        check = ['fsck.ext4', '-fn'] if kind == 'ext4' else ['xfs_repair', '-n']
        self.bed['beta'].run(*check, '/dev/sda')
        self.assert_no_reset('beta')

    def wait_files(self, name, count):
        def number():
            files = self.bed[name].run('ls', '/srv/data', check=False).stdout.split()
            return max([int(word) for word in files if word.isdigit()], default=0)
        wait_until(lambda: number() >= count, 120, lambda: '%d files on %s%s' % (count, name, self.cluster.report()))
        return number()

    def test_unclean_takeover_of_ext4(self):
        self.unclean('ext4')

    def test_unclean_takeover_of_xfs(self):
        self.unclean('xfs')


class Again(DiskCase):
    """Only with --all, or by its name."""
    longest, only_all = 3 * 3600, True
    TIMES = 100

    def test_a_hundred_times(self):
        """A split brain with both alive, the disk to and fro."""
        self.shared()
        self.serve(resource='writer')
        names = {'alpha': ALPHA, 'beta': BETA}
        loser, taker = 'alpha', 'beta'
        for count in range(1, self.TIMES + 1):
            self.wait_writes(names[loser])
            resets = len(self.bed[loser].resets())
            begun = time.monotonic()
            self.bed[loser].cut()
            self.wait_reset(loser, begun, 120, resets + 1)
            self.wait_writes(names[taker])
            self.assert_last_write_before_takeover(names[loser], names[taker])
            self.bed[loser].wait_up()
            self.store.login(self.bed[loser])
            self.bed[loser].restore()
            self.cluster.start(loser)
            self.cluster.wait_formed(FORMED)
            self.cluster.wait_states(loser, 'writer', 60, **{taker: SERVING})
            self.assert_last_write_before_takeover(names[loser], names[taker])
            print('%d: %s was reset, %s wrote on' % (count, loser, taker), flush=True)
            loser, taker = taker, loser
