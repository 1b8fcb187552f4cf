"""A node that resets itself, or switches itself off, on a kernel of its own (F4, G2), with and without a watchdog."""
import time

from bed import network
from bed.commands import wait_until
from bed.holdfast import WEB, WEB_IP

from . import witness
from .case import BROKEN, FORMED, SERVING, GuestCase, write_broken

OWN_LOG = '/var/lib/holdfast/holdfast.log'      # on a disk of the guest's own


class Itself(GuestCase):
    def without_watchdog(self, loss, options=()):
        self.make()
        self.addCleanup(witness.listen())
        self.configure((WEB_IP, WEB), quorum=witness.QUORUM, quorum_loss=loss)
        self.cluster.options['alpha'] = list(options)
        self.cluster.start()
        self.cluster.wait_formed(FORMED)
        self.serve()

    def test_lost_quorum_resets_through_sysrq(self):
        """G2: cut off from everything, alpha resets itself; and that no watchdog guards it was said before. Its last words
        are on its disk, of which nothing is synced by the reset."""
        self.without_watchdog('reboot', ['--log-file', OWN_LOG])
        self.assert_one_line(self.cluster.check('alpha'), 0, 'quorum_loss = "reboot" without a watchdog')
        self.assertIn('no watchdog', self.cluster.do('alpha', 'status'))
        self.assertEqual(self.cluster.status('alpha')['watchdog'], 'none')
        begun = time.monotonic()
        self.bed['alpha'].cut(*network.ALL)
        self.wait_reset('alpha', begun, 60)
        wait_until(lambda: 'sysrq: Resetting' in self.bed['alpha'].console(), 5,
                   lambda: 'the kernel says so' + self.cluster.report())
        self.wait_served_by('beta', 60)
        self.assert_no_reset('beta')
        self.bed['alpha'].wait_up()
        log = self.bed['alpha'].shell('cat ' + OWN_LOG)
        self.assertIn('no quorum: 0 of 3 witnesses accept a connection', log)
        self.assertRegex(log, 'ERROR:reset:.*:006006:this node is reset at once: ')

    def test_lost_quorum_halts(self):
        """G2: quorum_loss = halt: the machine is off, and stays so."""
        self.without_watchdog('halt')
        self.bed['alpha'].cut(*network.ALL)
        wait_until(self.bed['alpha'].is_off, 60, lambda: 'alpha is off' + self.cluster.report())
        self.assertEqual(self.bed['alpha'].resets(), [])
        self.wait_served_by('beta', 60)

    def stop_fails(self, remove):
        """F4: what fails on alpha and cannot be stopped there starts on beta only when alpha was reset."""
        self.make()
        self.configure((BROKEN,))
        for guest in self.bed.nodes.values():
            write_broken(guest, remove)
        self.cluster.start()
        self.cluster.wait_formed(FORMED)
        self.serve(resource='broken')
        begun = time.monotonic()
        self.bed['alpha'].run('rm', '/run/broken')
        self.wait_reset('alpha', begun, 90)
        self.cluster.wait_states('beta', 'broken', 60, beta=SERVING)
        log = self.cluster.log('beta')
        self.assertLess(log.index('COMMUNICATIONS alpha FAILED'), log.index('BEGIN start of "broken"'))
        self.assertEqual(len(self.bed['alpha'].resets()), 1)
        self.assert_no_reset('beta')

    def test_a_stop_that_fails_resets(self):
        self.stop_fails('exit 1')

    def test_a_stop_that_hangs_resets(self):
        self.stop_fails('exec sleep 1000')
