"""What a daemon lives with: a full disk, one that hangs, a clock that steps, a second daemon of its node (E4, E2, L5)."""
import os
import re
import struct
import time

from bed.commands import wait_until
from bed.holdfast import WEB, WEB_IP
from bed.outage import wait_gap

from .case import OTHER_IP, SERVING, ClusterCase

STATE = '/var/lib/holdfast'
HOUR = 3600


class Disks(ClusterCase):
    """A file system of its own below /var/lib/holdfast of beta."""

    def test_full(self):
        """Services and takeovers go on, an operator hears of it, and it is written as soon as there is room."""
        self.make(resources=(WEB_IP, WEB, OTHER_IP))
        beta = self.bed['beta']
        beta.run('mount', '-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', STATE)
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve()
        client = self.watch()
        beta.run('dd', 'if=/dev/zero', 'of=%s/filler' % STATE, 'bs=4k', check=False)
        shown = self.cluster.do('beta', 'resource', 'start', 'other-ip', '--on', 'beta')
        self.assertIn('the disk of this node has not taken it', shown)
        self.cluster.wait_log('beta', 'No space left on device')
        start = client.count()
        self.bed['alpha'].power_off()
        self.assertIsNotNone(wait_gap(client, 20, start, 'beta'), self.cluster.report())
        beta.run('rm', STATE + '/filler')
        self.cluster.wait_log('beta', 'the state file can be written again')

        daemon = self.cluster.kill('beta')          # and it was: the next life knows
        self.cluster.start('beta')
        self.cluster.wait_new_pid('beta', daemon)
        self.cluster.wait_states('beta', 'web', 45, beta=SERVING)

    def test_hanging(self):
        """ext4 on a loop device, frozen for 6 s: a takeover waits for it no longer than for a good one."""
        self.make(resources=(WEB_IP, WEB, OTHER_IP))
        beta = self.bed['beta']
        image = '/var/log/state.image'
        beta.run('dd', 'if=/dev/zero', 'of=' + image, 'bs=1M', 'count=8')
        beta.run('mkfs.ext4', '-q', image)
        beta.run('mount', '-o', 'loop', image, STATE)
        self.addCleanup(beta.run, 'umount', STATE, check=False)
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve()
        client = self.watch()
        beta.run('fsfreeze', '--freeze', STATE)
        self.addCleanup(beta.run, 'fsfreeze', '--unfreeze', STATE, check=False)
        begun, start = time.monotonic(), client.count()
        self.bed['alpha'].power_off()
        gap = wait_gap(client, 20, start, 'beta')
        self.assertIsNotNone(gap, self.cluster.report())
        self.assertLess(gap.milliseconds, 3000)
        self.cluster.wait_log('beta', 'the disk has not written the state file within 500 ms')
        asked = self.bed['beta'].spawn(os.path.join(self.cluster.programs, 'holdfast'), 'resource', 'start', 'other-ip')
        self.cluster.wait_states('beta', 'other-ip', beta=SERVING)
        self.assertTrue(asked.running(), 'an operator is answered when it is durable')
        time.sleep(max(0.0, 6 - (time.monotonic() - begun)))        # the length of the hang is what is tested
        self.assertTrue(asked.running())
        beta.run('fsfreeze', '--unfreeze', STATE)
        self.assertEqual(asked.process.wait(10), 0, asked.lines)
        self.cluster.wait_log('beta', 'the disk answers again')
        self.assert_never_logged('beta', 'stalled for')


class ClockSteps(ClusterCase):
    """The wall clock of holdfastd and corosync of a node is stepped; the machine's own is not touched (clockshift.cc)."""
    FILE = '/var/lib/misc/clock-shift'

    def step(self, name, seconds):
        with open(self.bed[name].path(self.FILE), 'r+b') as file:
            file.write(struct.pack('<q', seconds))

    def logged_hours(self, name):
        """The hours that the lines of a log say, in their order, without repetition."""
        hours = re.findall(r'^(\d{4}-\d\d-\d\dT\d\d):', self.cluster.log(name), re.M)
        return [hour for i, hour in enumerate(hours) if i == 0 or hours[i - 1] != hour]

    def test_an_hour_forth_and_back_during_a_failover(self):
        """Nothing but the times in the records changes: no view, no link, no takeover because of it."""
        self.make()
        library = os.path.join(self.bed.programs, 'libclockshift.so')
        for name, node in self.bed.nodes.items():
            node.write(self.FILE, struct.pack('<q', 0))
            self.cluster.before[name] = ['env', 'LD_PRELOAD=' + library, 'HOLDFAST_CLOCK_SHIFT=' + self.FILE]
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve()
        client = self.watch()
        views = [self.cluster.log(name).count('agree on a view') for name in self.nodes]
        for seconds in (HOUR, -HOUR, 0):
            self.step('alpha', seconds)
            self.step('beta', -seconds)
            time.sleep(1.5)                 # some heartbeats and monitors under the wrong time
        self.assertEqual([self.cluster.log(name).count('agree on a view') for name in self.nodes], views)
        self.assert_no_gap(client)
        for name in self.nodes:
            self.assert_never_logged(name, 'stalled for')

        start = client.count()
        self.bed['alpha'].power_off()
        self.step('beta', HOUR)
        gap = wait_gap(client, 20, start, 'beta')
        self.assertIsNotNone(gap, self.cluster.report())
        self.assertLess(gap.milliseconds, 3000)
        self.step('beta', -HOUR)
        self.cluster.boot('alpha')
        self.cluster.wait_formed()
        self.cluster.wait_states('alpha', 'web', alpha='out-of-service', beta='in-service')
        self.assert_no_gap(client, client.count())
        self.assertGreaterEqual(len(self.logged_hours('beta')), 2, 'the records do show the steps')
        self.assert_never_logged('beta', 'stalled for')


class SecondDaemon(ClusterCase):
    def test_the_older_ends_itself(self):
        """Trap 17: its lock and its socket were removed under it, and a second daemon of the node came."""
        client = self.up_and_serving()
        nginx, older = self.nginx_pid('alpha'), self.cluster.pid('alpha')
        first = self.cluster.daemons['alpha']
        self.bed['alpha'].run('rm', '/run/holdfast/holdfastd.lock', '/run/holdfast/api.sock')
        self.cluster.start('alpha')
        self.assertEqual(first.process.wait(10), 4, self.cluster.report())
        wait_until(lambda: self.cluster.pid('alpha') not in (None, older), 5, 'the younger one lives')
        self.cluster.wait_log('alpha', 'a younger daemon of this node runs: this one ends')
        self.cluster.wait_nodes('beta', alpha='online', beta='online')
        self.cluster.wait_states('beta', 'web', alpha='in-service', beta='out-of-service')
        self.assertEqual(self.nginx_pid('alpha'), nginx)
        self.assert_no_gap(client)
