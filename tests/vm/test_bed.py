"""The bed itself: boots, commands, cuts, power, and everything seen from outside."""
import time

from bed.commands import wait_until

from .case import GuestCase


class TheBed(GuestCase):
    def test_boot_networks_and_power(self):
        self.make()
        alpha, beta = self.bed['alpha'], self.bed['beta']
        self.assertEqual(alpha.run('hostname').stdout, 'alpha\n')
        self.assertNotEqual(alpha.run('uname', '-r').stdout, '')
        for k in (0, 1, 2):
            alpha.run('ping', '-c1', '-W2', beta.address(k))
        alpha.cut(0)
        self.assertNotEqual(alpha.run('ping', '-c1', '-W1', beta.address(0), check=False).returncode, 0)
        alpha.run('ping', '-c1', '-W2', beta.address(1))
        alpha.restore(0)
        alpha.run('ping', '-c1', '-W2', beta.address(0))
        alpha.shell('echo kept > /var/lib/holdfast/probe; sync; echo seen > /var/log/probe; echo lost > /root/probe')
        self.assertEqual(alpha.read('/var/log/probe'), 'seen\n')
        alpha.power_off()
        self.assertTrue(alpha.is_off())
        alpha.power_on()
        alpha.wait_up()
        self.assertEqual(alpha.shell('cat /var/lib/holdfast/probe'), 'kept\n')
        self.assertNotEqual(alpha.run('test', '-e', '/root/probe', check=False).returncode, 0)
        self.assertEqual(alpha.resets(), [])

    def test_resets_are_seen_from_outside(self):
        self.make(nodes=('alpha',))
        alpha = self.bed['alpha']
        alpha.shell('echo b > /proc/sysrq-trigger', check=False)
        wait_until(lambda: len(alpha.resets()) == 1, 20, lambda: 'a reset' + alpha.evidence())
        alpha.wait_up()
        alpha.shell('echo o > /proc/sysrq-trigger', check=False)
        wait_until(alpha.is_off, 20, lambda: 'off' + alpha.evidence())

    def test_freeze(self):
        self.make(nodes=('alpha',))
        alpha = self.bed['alpha']
        alpha.freeze()
        begun = time.monotonic()
        self.assertEqual(alpha.run('true', check=False, timeout=2).returncode, 255)
        self.assertGreater(time.monotonic() - begun, 1.5)
        alpha.thaw()
        alpha.run('true')
