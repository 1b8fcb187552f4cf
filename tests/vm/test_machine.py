"""Whole machines: systemd as process 1, holdfast.service enabled, the watchdog armed. Nobody but they starts anything."""
import time

from bed.commands import wait_until

from .case import SERVING
from .systemd import SystemdGuest, SystemdVmCluster
from .test_watchdog import SLACK, TIMEOUT, WatchdogCase

FORMED = 240            # s; a systemd boots in 20 s on free cores


class Machines(WatchdogCase):
    guest_kind, cluster_kind = SystemdGuest, SystemdVmCluster

    def serving(self):
        self.guarded(formed=FORMED)
        self.serve()

    def test_an_orderly_reboot(self):
        """O4, N5, O1: its resources are stopped in order, nobody takes them over, and they come up again with it."""
        self.serving()
        alpha = self.bed['alpha']
        alpha.shell('systemctl reboot --no-block', check=False)
        self.cluster.wait_log('beta', 'alpha leaves in order', 60)
        wait_until(alpha.resets, 120, lambda: 'alpha reboots' + self.cluster.report())
        self.assertNotIn('Initiating system reboot', alpha.console(), 'that was the watchdog')
        self.assertIn('END successful stop of "web-ip"', self.cluster.log('alpha'))
        alpha.wait_up()
        self.cluster.wait_states('beta', 'web', FORMED, alpha=SERVING)
        self.assertNotIn('BEGIN start of', self.cluster.log('beta'))
        self.wait_served_by('alpha')
        self.assertEqual(len(alpha.resets()), 1)
        self.assert_no_reset('beta')

    def test_a_reset_and_back_without_any_hand(self):
        """A daemon that hangs and that systemd may not end: the watchdog resets the machine, which comes back by itself."""
        self.serving()
        alpha = self.bed['alpha']
        alpha.shell('mkdir -p /run/systemd/system/holdfast.service.d && '
                    'printf "[Service]\\nWatchdogSec=0\\nRestart=no\\n" > /run/systemd/system/holdfast.service.d/no.conf && '
                    'systemctl daemon-reload && systemctl kill --kill-whom=main -s STOP holdfast.service')
        begun = time.monotonic()
        # The running instance keeps its WatchdogSec: systemd aborts it, and starts no other.
        self.wait_reset('alpha', begun, TIMEOUT + SLACK)
        self.assertIn('softdog: Initiating system reboot', alpha.console())
        self.cluster.wait(lambda: any(s in SERVING for s in self.cluster.states('beta', 'web').values()), FORMED,
                          'web is served again')
        alpha.wait_up()
        self.cluster.wait_formed(FORMED)
        states = self.cluster.states('beta', 'web')
        self.assertEqual(len([state for state in states.values() if state in SERVING]), 1, states)
        self.assertEqual(len(alpha.resets()), 1)
        self.assert_no_reset('beta')
