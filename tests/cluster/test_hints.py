"""K1, K7: what the kernel tells of a resource is a failure event at once, long before the next monitor."""
import re
from datetime import datetime

from .case import ClusterCase
from bed.failures import Death, IpCommand
from bed.holdfast import WEB, WEB_IP
from bed.testbed import ADDRESS

ALONE = True                                        # milliseconds are judged
AT_ONCE = 100                                       # ms; the monitors of these resources come every 10 s


class Hints(ClusterCase):
    def up_with(self, *resources):
        self.up(resources=[dict(resource, local_recovery=False) for resource in resources])
        self.serve(resource=resources[-1]['name'])

    def seen_after(self, fail, resource, text):
        """Makes the failure; how many milliseconds later the executor has found `resource` failed, because of `text`."""
        mark = len(self.cluster.log('alpha'))
        at = fail()
        self.cluster.wait_log('alpha', '%s failed on alpha' % resource, 5, since=mark)
        lines = [line for line in self.cluster.log('alpha')[mark:].splitlines() if '%s failed on alpha' % resource in line]
        self.assertRegex(lines[0], text)
        return datetime.fromisoformat(re.split(' ', lines[0])[0]).timestamp() * 1e3 - at / 1e6

    def assert_at_once(self, fail, resource, text):
        self.assertLess(self.seen_after(fail, resource, text), AT_ONCE, self.cluster.report())

    def test_address_removed(self):
        self.up_with(WEB_IP)
        self.assert_at_once(IpCommand(self.bed['alpha'], 'addr del %s/24 dev pub0' % ADDRESS), 'web-ip',
                            'address %s/24 left pub0' % ADDRESS)

    def test_interface_switched_off(self):
        self.up_with(WEB_IP)
        self.assert_at_once(IpCommand(self.bed['alpha'], 'link set pub0 down'), 'web-ip', 'pub0 (is|went) down')

    def test_interface_deleted(self):
        self.up_with(WEB_IP)
        self.assert_at_once(IpCommand(self.bed['alpha'], 'link del pub0'), 'web-ip', 'left pub0|pub0 (is gone|went down)')

    def test_process_killed(self):
        self.up_with(WEB_IP, WEB)
        self.assert_at_once(Death(self.nginx_pid('alpha')), 'web', 'process [0-9]+ has ended')
