"""Fencing (G3, G6) with fence_ipmilan of Debian's fence-agents, against controllers that power the guests off and on."""
import time

from bed.commands import wait_until
from bed.holdfast import WEB, WEB_IP

from . import bmc
from .case import BROKEN, FORMED, SERVING, GuestCase, write_broken

# Agents with the meta-data of fence_ipmilan; the one that lies says that it switched off, and its status is the true one.
META_DATA = '#!/bin/sh\ncase "$*" in *metadata*) exec /usr/sbin/fence_ipmilan -o metadata;; esac\n'
BAD_AGENTS = {
    'fails': META_DATA + 'cat > /dev/null\necho "the switch is out of order" >&2\nexit 1\n',
    'lies': META_DATA + 'given=$(cat)\ncase "$given" in *action=off*) exit 0;; esac\n'
                        'echo "$given" | /usr/sbin/fence_ipmilan\n',
    'hangs': META_DATA + 'exec sleep 1000\n',
}


class FencingCase(GuestCase):
    def fenced(self, levels=None, **settings):
        """Two nodes that can power each other off; nothing runs yet. levels: of a controller, its fence levels."""
        self.make()
        self.controllers = bmc.controllers(self.bed)
        levels = levels or (lambda controller: [controller.fence_level()])
        self.configure(node_settings=lambda name: {'fence': levels(self.controllers[name])}, **settings)
        self.cluster.start()
        self.cluster.wait_formed(FORMED)

    def assert_no_secrets(self):
        for name in self.bed.nodes:
            self.assertNotIn(bmc.PASSWORD, self.cluster.log(name))

    def wait_off(self, name, timeout=60):
        wait_until(self.bed[name].is_off, timeout, lambda: name + ' is off' + self.cluster.report())

    def assert_off_before_the_start(self, name, lost):
        log = self.cluster.log(name)
        self.assertLess(log.index('%s is off: fence_ipmilan: confirmed off' % lost),
                        log.index('BEGIN start of "web-ip"'), log)


class Ipmi(FencingCase):
    def test_off_then_takeover_then_on_and_back(self):
        """A frozen machine that is cut off is powered off before anything starts; switched on, it rejoins."""
        self.fenced()
        self.serve()
        self.bed['alpha'].freeze()
        begun = time.monotonic()
        self.wait_served_by('beta', 90)
        print('from the freeze to the answer of the other node: %.1f s' % (time.monotonic() - begun))
        self.assertTrue(self.bed['alpha'].is_off())
        self.assertEqual(len(self.controllers['alpha'].offs()), 1)
        self.assertEqual(self.controllers['beta'].offs(), [])
        self.assert_off_before_the_start('beta', 'alpha')
        self.assertEqual(self.controllers['alpha'].ask('power', 'on').returncode, 0)
        self.bed['alpha'].wait_up()
        self.cluster.start('alpha')
        self.cluster.wait_formed(FORMED)
        self.cluster.wait_states('alpha', 'web', alpha='out-of-service', beta=SERVING)
        self.assert_no_secrets()

    def test_two_that_lose_each_other(self):
        """G3: the one that serves shoots at once, the other waits, and is shot."""
        self.fenced(fence_delay='15s')
        self.serve('beta')
        self.bed['alpha'].cut()
        self.wait_off('alpha', 90)
        self.cluster.wait_log('beta', 'alpha is off: fence_ipmilan: confirmed off', 60)
        self.assertFalse(self.bed['beta'].is_off())
        self.assertEqual(self.controllers['beta'].offs(), [], 'alpha was to wait')
        self.wait_served_by('beta')
        self.assert_no_secrets()

    def test_the_network_of_the_device_is_cut(self):
        """Nothing is taken over; an operator's word is taken after that."""
        self.fenced()
        self.serve()
        self.controllers['alpha'].cut_network()
        self.bed['alpha'].power_off()
        self.cluster.wait_log('beta', 'that was the last level', 150)
        self.assertIsNone(self.served_by())
        self.assertNotIn('BEGIN start of', self.cluster.log('beta'))
        self.cluster.do('beta', 'node', 'confirm-off', 'alpha')
        self.wait_served_by('beta')
        self.assert_no_secrets()

    def test_a_controller_that_lies(self):
        """It says that it switched off, and the machine runs: found by its status, and nothing is taken over."""
        self.fenced()
        self.serve()
        nginx = self.bed['alpha'].pids('nginx')
        for controller in self.controllers.values():
            controller.manner = bmc.LIES
        self.bed['alpha'].cut()
        self.cluster.wait_log('beta', 'that was the last level', 200)
        self.assertNotIn('BEGIN start of', self.cluster.log('beta'))
        self.assertGreaterEqual(len(self.controllers['alpha'].offs()), 1)
        self.assertFalse(self.bed['alpha'].is_off())
        self.assertEqual(self.bed['alpha'].pids('nginx'), nginx)
        self.assert_no_secrets()

    def test_agents_that_fail_lie_and_hang_and_then_one_that_works(self):
        """Levels: the next one is tried after a failure, a lie, and after the time limit of a level."""
        def levels(controller):
            return [{**controller.fence_level(), 'agent': 'fence_fails'},
                    {**controller.fence_level(), 'agent': 'fence_lies'},
                    {**controller.fence_level(), 'agent': 'fence_hangs', 'timeout': '5s'}, controller.fence_level()]
        self.make()
        self.controllers = bmc.controllers(self.bed)
        for guest in self.bed.nodes.values():
            for name, text in BAD_AGENTS.items():
                guest.write('/etc/holdfast/fence_' + name, text, 0o755)
                guest.shell('ln -s /etc/holdfast/fence_%s /usr/sbin/fence_%s' % (name, name))
        self.configure(node_settings=lambda name: {'fence': levels(self.controllers[name])})
        self.cluster.start()
        self.cluster.wait_formed(FORMED)
        self.serve()
        self.bed['alpha'].freeze()
        self.wait_served_by('beta', 180)
        log = self.cluster.log('beta')
        self.assertIn('off failed with exit code 1: the switch is out of order', log)
        self.assertIn('fence_lies: said that it switched off, but the status is on', log)
        self.assertIn('off gave no answer within 5000 ms, killed', log)
        self.assert_off_before_the_start('beta', 'alpha')
        self.assertEqual(self.bed['beta'].pids('fence_hangs'), [])
        self.assert_no_secrets()

    def test_more_than_the_limit(self):
        """G5: with two nodes one may be fenced within the window; the second time it is held, and said."""
        self.fenced()
        self.serve()
        self.bed['alpha'].power_off()
        self.wait_served_by('beta', 90)
        self.assertEqual(self.controllers['alpha'].ask('power', 'on').returncode, 0)
        self.bed['alpha'].wait_up()
        self.cluster.start('alpha')
        self.cluster.wait_formed(FORMED)
        self.bed['beta'].freeze()
        self.cluster.wait_log('alpha', 'COMMUNICATIONS beta FAILED', 60)
        self.cluster.wait_log('alpha', 'beta failed and must be fenced, but 1 node(s) were fenced or reset', 30)
        self.assertEqual(self.controllers['beta'].offs(), [])
        self.assertNotIn('BEGIN start of', self.cluster.log('alpha').split('COMMUNICATIONS beta FAILED')[-1])


class StopFails(FencingCase):
    def test_what_does_not_stop_starts_elsewhere_when_the_node_is_off(self):
        """F4: with fencing a node resets itself where a stop fails, by default; and its peers wait for the confirmed off."""
        self.make()
        self.controllers = bmc.controllers(self.bed)
        without_word = {key: value for key, value in BROKEN.items() if key != 'on_stop_failure'}
        self.configure((without_word,),
                       node_settings=lambda name: {'fence': [self.controllers[name].fence_level()]})
        for guest in self.bed.nodes.values():
            write_broken(guest, 'exit 1')
        self.cluster.start()
        self.cluster.wait_formed(FORMED)
        self.serve(resource='broken')
        self.bed['alpha'].run('rm', '/run/broken')
        self.cluster.wait_states('beta', 'broken', 120, beta=SERVING)
        self.assertEqual(len(self.bed['alpha'].resets()), 1, self.cluster.report())
        self.assertTrue(self.bed['alpha'].is_off(), self.cluster.report())
        log = self.cluster.log('beta')
        self.assertLess(log.index('confirmed off'), log.index('BEGIN start of "broken"'))


class WrongInput(FencingCase):
    def test_found_by_check(self):
        """An agent that is not installed, a parameter that it does not have: one line each."""
        self.make(off=('beta',))
        self.configure((WEB_IP, WEB), node_settings={'fence': [
            {'agent': 'fence_nobody', 'parameters': {}},
            {'agent': 'fence_ipmilan', 'parameters': {'ip': '10.0.0.9', 'pasword': 'x'}}]})
        done = self.cluster.check('alpha')
        self.assert_one_line(done, 1, 'node "alpha"', 'fence level 1', 'fence agent fence_nobody is not installed')
        self.assert_one_line(done, 1, 'node "beta"', 'fence level 2', 'fence_ipmilan has no parameter "pasword"')
