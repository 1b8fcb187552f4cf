"""Daemon and engine of the node that takes over, killed or stopped at every step of a failover: E4, traps 12 to 15.

Three nodes; alpha serves and loses its power. The victim is on beta, the next in priority; gamma could take over, too.
Whatever happens, all ends with one service on one node, and nothing is begun beside another operation of the same
resource (R2).
"""
import os
import signal
import time

from bed.commands import wait_until
from bed.holdfast import WEB, WEB_IP
from bed.outage import wait_gap

from .case import SERVING, ClusterCase

LONG = True                                     # ./check long
FOLDER = '/var/lib/holdfast/step'
OPERATIONS = '/var/log/step.operations'         # begin and end of every script, as the node's own disk keeps them
START_TIME = 1.0
STANDSTILL = 3.0                                # of a stopped process: longer than detection, shorter than WatchdogSec


def script(name, above):
    return {'name': name, 'agent': 'script', 'depends_on': [above], 'monitor_interval': '2s',
            'parameters': {verb: '%s/%s-%s' % (FOLDER, name, verb) for verb in ('restore', 'remove', 'quickCheck')}}


HIERARCHY = (WEB_IP, script('lower', 'web-ip'), script('upper', 'lower'), dict(WEB, depends_on=['upper']))
SCRIPTS = {'restore': 'sleep %g; touch /run/{0}.up' % START_TIME, 'remove': 'rm -f /run/{0}.up',
           'quickCheck': 'test -e /run/{0}.up'}


class EveryStep(ClusterCase):
    nodes = ('alpha', 'beta', 'gamma')

    def install_scripts(self):
        for node in self.bed.nodes.values():
            for name in ('lower', 'upper'):
                for verb, text in SCRIPTS.items():
                    note = 'echo "$(date +%%s.%%N) %s %s %s $$" >>%s\n'
                    lines = '#!/bin/sh\n'
                    if verb != 'quickCheck':
                        lines += note % ('begin', name, verb, OPERATIONS)
                    lines += text.format(name) + '\n'
                    if verb != 'quickCheck':
                        lines += note % ('end', name, verb, OPERATIONS)
                    node.write('%s/%s-%s' % (FOLDER, name, verb), lines, 0o755)

    def wait_line(self, name, text, timeout=20):
        """A line in the log of a node, seen within a millisecond or so."""
        path = self.bed[name].path('/var/log/holdfast.log')
        def found():
            with open(path, errors='replace') as log:
                return text in log.read()
        wait_until(found, timeout, lambda: 'a line "%s" on %s' % (text, name) + self.cluster.report(), pause=0.001)

    # --- the steps ---------------------------------------------------------------------------------------------------
    def before_detection(self):
        self.bed['alpha'].power_off()

    def after_detection(self):
        self.bed['alpha'].power_off()
        self.wait_line('beta', 'COMMUNICATIONS alpha FAILED')

    def while_the_lower_starts(self):
        self.bed['alpha'].power_off()
        self.wait_line('beta', 'BEGIN start of "lower"')

    def while_the_upper_starts(self):
        self.bed['alpha'].power_off()
        self.wait_line('beta', 'BEGIN start of "upper"')

    def after_the_failover(self):
        self.bed['alpha'].power_off()
        self.wait_line('beta', 'END successful start of "web"')

    # --- what happens to the victim ----------------------------------------------------------------------------------
    def killed(self, program):
        self.cluster.signal('beta', signal.SIGKILL, program)

    def stopped(self, program):
        pid = self.cluster.signal('beta', signal.SIGSTOP, program)
        time.sleep(STANDSTILL)              # the length of the standstill is what is tested
        os.kill(pid, signal.SIGCONT)

    # --- one case ----------------------------------------------------------------------------------------------------
    def play(self, program, fault, step):
        self.make(HIERARCHY)
        self.install_scripts()
        self.cluster.managed = True
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve()
        client = self.watch()
        start = client.count()
        step()
        fault(program)
        self.check_rest(client, start)

    def check_rest(self, client, start):
        for name in ('beta', 'gamma'):
            self.cluster.wait_nodes(name, 60, alpha='failed', beta='online', gamma='online')
        # In service on one node, all of it, and the client is answered there.
        where = self.cluster.wait(self.serving_node, 60, 'the hierarchy is whole on one node')
        self.assertIsNotNone(wait_gap(client, 20, start, where), self.cluster.report())
        other = 'gamma' if where == 'beta' else 'beta'
        self.assertIsNone(self.nginx_pid(other), self.cluster.report())
        self.assert_has_address(where, True)
        self.assert_has_address(other, False)
        for name in ('beta', 'gamma'):
            self.assert_never_logged(name, 'different states')
            self.assert_never_logged(name, 'internal defect')
            self.assert_alone(name)

    def serving_node(self):
        for seen in ('beta', 'gamma'):
            places = {resource['name']: [name for name, state in resource['states'].items() if state in SERVING]
                      for resource in (self.cluster.status(seen) or {'resources': []})['resources']}
            if len(places) == 4 and all(len(nodes) == 1 for nodes in places.values()):
                if len({nodes[0] for nodes in places.values()}) == 1:
                    return places['web'][0]
        return None

    def assert_alone(self, name):
        """R2: no operation of a resource began while another one of it ran on that node."""
        running = {}
        for line in self.bed[name].read(OPERATIONS).splitlines():
            _, what, resource, verb, pid = line.split()
            if what == 'begin':
                self.assertFalse(running.get(resource), '%s: two operations at once: %s and %s\n%s' % (
                    name, running.get(resource), (verb, pid), self.bed[name].read(OPERATIONS)) + self.cluster.report())
                running[resource] = (verb, pid)
            elif running.get(resource) == (verb, pid):
                running[resource] = None


def add_cases():
    for program in ('holdfastd', 'corosync'):
        for fault in ('killed', 'stopped'):
            for step in ('before_detection', 'after_detection', 'while_the_lower_starts', 'while_the_upper_starts',
                         'after_the_failover'):
                def test(self, program=program, fault=fault, step=step):
                    self.play(program, getattr(self, fault), getattr(self, step))
                setattr(EveryStep, 'test_%s_%s_%s' % (program, fault, step), test)


add_cases()
