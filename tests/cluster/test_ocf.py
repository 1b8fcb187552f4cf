"""Debian's OCF agents (K5), for real: Dummy, Delay, IPaddr2, Filesystem, nginx; what they say before they are needed."""
import json

from .case import SERVING
from .ocf_case import ADDRESS_BY_OCF, OcfCase
from .ocf_services import PLACE, Nginx
from bed.holdfast import CONFIGURATION

STATE = '/run/dummy.state'
DUMMY_AGENT = '/usr/lib/ocf/resource.d/heartbeat/Dummy'
DUMMY = {'name': 'dummy', 'agent': 'ocf:heartbeat:Dummy', 'monitor_interval': '500ms', 'parameters': {'state': STATE}}
DELAY = {'name': 'delay', 'agent': 'ocf:heartbeat:Delay', 'depends_on': ['dummy'], 'monitor_interval': '500ms',
         'parameters': {'startdelay': 1, 'stopdelay': 0, 'mondelay': 0}}


class Ocf(OcfCase):
    def exists(self, name, path):
        return self.bed[name].run('test', '-e', path, check=False).returncode == 0

    def test_dummy_and_delay(self):
        """Start in order, a failure found by the monitor and recovered in place, a move, a failover."""
        self.up(resources=(DUMMY, DELAY))
        self.serve(resource='delay')
        mark = '/run/resource-agents/Delay_delay'
        self.assertTrue(self.exists('alpha', STATE) and self.exists('alpha', mark),
                        self.bed['alpha'].run('ls', '/run/resource-agents').stdout)
        self.bed['alpha'].run('rm', STATE)
        self.cluster.wait_log('alpha', 'END successful recover of "dummy"')
        self.assertTrue(self.exists('alpha', STATE))
        self.cluster.do('alpha', 'resource', 'move', 'delay', 'beta')
        self.assertFalse(self.exists('alpha', STATE) or self.exists('alpha', mark))
        self.bed['beta'].power_off()
        self.cluster.wait_states('alpha', 'delay', alpha=SERVING)

    def test_address(self):
        """IPaddr2: recovered when somebody takes the address away, and gone after a failover."""
        self.up(resources=(ADDRESS_BY_OCF,))
        self.serve(resource='address')
        self.assert_has_address('alpha', True)
        self.bed['alpha'].run('ip', 'addr', 'del', ADDRESS_BY_OCF['parameters']['ip'] + '/24', 'dev', 'pub0')
        self.cluster.wait_log('alpha', 'END successful recover of "address"')
        self.assert_has_address('alpha', True)
        self.cluster.do('alpha', 'resource', 'move', 'address', 'beta')
        self.assert_has_address('alpha', False)
        self.assert_has_address('beta', True)
        self.bed['beta'].power_off()
        self.cluster.wait_states('alpha', 'address', alpha=SERVING)
        self.assert_has_address('alpha', True)

    def test_file_system(self):
        """Filesystem on a loop device: its monitor of depth 20 writes, so a read-only mount is a failure."""
        disk = self.make_disk()
        self.make(resources=())
        self.up_as((self.disk_by_ocf(disk),))
        self.serve(resource='disk')
        self.bed['alpha'].run('sh', '-c', 'echo 4711 > %s/orders' % PLACE)
        self.bed['alpha'].run('mount', '-o', 'remount,ro', PLACE)
        self.cluster.wait_log('alpha', 'END successful recover of "disk"', 30)
        self.bed['alpha'].run('test', '-w', PLACE)
        self.cluster.do('alpha', 'resource', 'move', 'disk', 'beta')
        self.assertFalse(self.is_mounted('alpha'))
        self.assertEqual(self.bed['beta'].run('cat', PLACE + '/orders').stdout, '4711\n')
        self.bed['beta'].power_off()
        self.cluster.wait_states('alpha', 'disk', alpha=SERVING)
        self.assertEqual(self.bed['alpha'].run('cat', PLACE + '/orders').stdout, '4711\n')

    def test_a_node_that_lacks_its_files(self):
        """An agent that answers a probe with 6 where a file is missing, as rsyslog's does: the other node serves it."""
        self.make(resources=(DUMMY,))
        beta = self.bed['beta']
        beta.run('cp', DUMMY_AGENT, '/var/lib/misc/dummy')
        beta.write('/var/lib/misc/lacking', '#!/bin/sh\ncase $1 in monitor|start) exit 6;; esac\n'
                   'exec sh /var/lib/misc/dummy "$@"\n', 0o755)
        beta.run('mount', '--bind', '/var/lib/misc/lacking', DUMMY_AGENT)     # in its mount namespace
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve(resource='dummy')
        self.cluster.wait_states('alpha', 'dummy', beta='out-of-service')

    def test_nginx(self):
        self.up_with(Nginx)
        self.check_life()

    def test_a_depth_of_the_monitor(self):
        """nginx lives, but does not serve what it should: only the monitor of depth 10 asks for that."""
        self.up_with(Nginx, local_recovery=False, failover=False)
        self.serve(resource='server')
        self.bed['alpha'].run('sh', '-c', 'echo nothing > %s/site/index.html' % PLACE)
        self.cluster.wait_states('beta', 'server', alpha='failed')
        self.assertTrue(self.bed['alpha'].pids('nginx'))


class Checks(OcfCase):
    """Found by `holdfast check` before it matters, one clear line each (E1, K10)."""

    def check(self, resource, *words, exit_code=1):
        self.configure(({'name': 'x', **resource},))
        done = self.cluster.command('alpha', 'check', CONFIGURATION)
        self.assertEqual(done.returncode, exit_code, done.stdout + done.stderr)
        lines = (done.stderr if exit_code else done.stdout).splitlines()
        found = [line for line in lines if 'resource "x"' in line and all(word in line for word in words)]
        self.assertEqual(len(found), 1, done.stdout + done.stderr)

    def test_wrong_parameters_and_agents(self):
        self.make(resources=())
        ocf = 'ocf:heartbeat:'
        self.check({'agent': ocf + 'pgsq'}, 'did you mean ocf:heartbeat:pgsql?')
        self.check({'agent': ocf + 'IPaddr2'}, 'parameter "ip"', 'is missing')
        self.check({'agent': ocf + 'nginx', 'parameters': {'port': 'http'}}, 'it must be a whole number')
        self.check({'agent': ocf + 'nginx', 'parameters': {'confgfile': '/x'}}, 'did you mean "configfile"?')
        self.check({'agent': ocf + 'galera', 'parameters': {'wsrep_cluster_address': 'gcomm://a'}},
                   "needs Pacemaker's command crm_attribute")
        self.check({'agent': ocf + 'pgsql', 'parameters': {'rep_mode': 'sync'}}, 'rep_mode = "sync"', 'promoted')

    def test_what_could_not_start_here(self):
        self.make(resources=())
        ocf = 'ocf:heartbeat:'
        here = 'could not start on this node now: '
        self.check({'agent': ocf + 'pgsql', 'parameters': {'pgctl': '/no/such/pg_ctl'}}, here,
                   "couldn't find command: /no/such/pg_ctl", exit_code=0)
        self.check({'agent': ocf + 'apache', 'parameters': {'configfile': '/no/such.conf'}}, here, exit_code=0)
        self.check({'agent': ocf + 'IPaddr2', 'parameters': {'ip': '10.99.0.1', 'nic': 'eth7'}}, here, exit_code=0)
        self.check({'agent': 'process', 'parameters': {'command': ['/no/such/program']}}, here,
                   'program /no/such/program is not on this node', exit_code=0)

    def test_what_is_likely_not_meant(self):
        self.make(resources=())
        self.check({'agent': 'ocf:heartbeat:Dummy', 'timeouts': {'start': '5s'}},
                   'timeouts shorter than agent ocf:heartbeat:Dummy advises: start = "5s" (it advises 20s)', exit_code=0)

    def test_agents_are_listed_and_shown(self):
        self.make(resources=())
        names = self.cluster.do('alpha', 'agent', 'list', '--names').split()
        self.assertTrue({'ip', 'filesystem', 'lsb:nginx', 'ocf:heartbeat:pgsql', 'fence_ipmilan'} <= set(names), names)
        listed = json.loads(self.cluster.do('alpha', 'agent', 'list', '--json'))['agents']
        self.assertEqual([agent['name'] for agent in listed], names)
        self.assertFalse([agent for agent in listed if 'problem' in agent and 'Pacemaker' not in agent['problem']])
        shown = self.cluster.do('alpha', 'agent', 'show', 'ocf:heartbeat:nginx')
        self.assertIn('\nParameters\n  configfile: text', shown)
        self.assertIn('depth 10 (OCF_CHECK_LEVEL)', shown)
        told = json.loads(self.cluster.do('alpha', 'agent', 'show', 'fence_ipmilan', '--json'))
        self.assertIn('ip', [parameter['name'] for parameter in told['parameters']])
        self.assert_one_line(self.cluster.command('alpha', 'agent', 'show', 'nginx'), 2, 'did you mean lsb:nginx?')
        self.assert_one_line(self.cluster.command('alpha', 'agent', 'shw', 'x'), 2, 'did you mean show?')
