"""In service on both sides of a split, and the links are back: B4, B5, B7."""
import re

from .application import ApplicationCase
from .case import SERVING

REMOVAL = (r'Process: commup_resrem\(%d\) \*ERROR\* \(No\. 1705\) Resource \(application\) is in-service on local system '
           r'and \(alpha\) system\. Removing it from service on local system because it is lower in prioirty\.')


class Split(ApplicationCase):
    def run_twice(self, **settings):
        """Both sides run it, and then they hear each other again."""
        self.up_with(**settings)
        self.assertIn('nothing to resolve', self.ask(0, 'alpha', 'split', 'plan'))
        self.bed['beta'].cut()
        self.cluster.wait_states('beta', 'application', beta=SERVING)
        self.assertTrue(self.runs('alpha'))
        self.bed['beta'].restore()

    def test_profile_linux(self):
        """B4: both stay; status names it; B7: an operator resolves it, after he saw what each side would lose."""
        self.run_twice()
        self.cluster.wait_formed()
        self.assertIn('holdfast split plan', self.wait_attention('alpha', 'split'))
        plan = self.ask(0, 'beta', 'split', 'plan')
        self.assertIn('--keep alpha\n    beta loses application', plan)
        self.assertIn('--keep beta\n    alpha loses application', plan)
        self.assertTrue(self.runs('alpha') and self.runs('beta'))
        self.ask(2, 'beta', 'split', 'resolve', 'application', '--keep', 'gamma')
        self.ask(0, 'beta', 'split', 'resolve', 'application', '--keep', 'beta')
        self.cluster.wait_states('alpha', 'application', alpha='out-of-service', beta='in-service')
        self.assertFalse(self.runs('alpha'))
        self.ask(0, 'beta', 'split', 'resolve', 'application', '--keep', 'beta')

    def test_profile_windows(self):
        """B5: the node with the lower priority stops it and says so in LifeKeeper's words."""
        self.run_twice(profile='windows')
        self.cluster.wait_states('alpha', 'application', 60, alpha='in-service', beta='out-of-service')
        self.assertFalse(self.runs('beta'))
        log = self.cluster.log('beta')
        pid = re.search(r'holdfastd\[(\d+)\]', log).group(1)
        self.assertRegex(log, REMOVAL % int(pid))
        self.assert_never_logged('alpha', 'commup_resrem')
