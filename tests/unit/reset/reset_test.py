"""F4, G2: a node that resets itself is gone within 100 ms, with everything that runs on it. Needs root."""
import os
import time
import unittest

from bed import Bed
from bed.commands import wait_until


class Reset(unittest.TestCase):
    def reset(self, how):
        with Bed(['alpha', 'beta']) as bed:
            alpha = bed['alpha']
            alpha.spawn('sleep', '1000')
            wait_until(lambda: alpha.pids('sleep'), 5, 'something runs on alpha', 0.01)
            began = time.monotonic()
            alpha.spawn(os.path.join(bed.programs, 'reset_probe'), how)
            wait_until(alpha.is_off, 10, 'alpha is off', 0.001)
            took = time.monotonic() - began
            self.assertFalse(bed['beta'].is_off(), 'it ended another machine, too')
            return took, alpha.outer.wait()

    def test_reboot_and_halt(self):
        for how, code in (('reboot', 129), ('halt', 130)):      # pid_namespaces(7): SIGHUP, SIGINT to the init
            with self.subTest(how=how):
                times = []
                for _ in range(3):
                    took, exit_code = self.reset(how)
                    self.assertEqual(exit_code, code)
                    times.append(took)
                # Of three, because the machine's other users may hold up one; with the start of the program.
                self.assertLess(min(times), 0.1, times)


if __name__ == '__main__':
    unittest.main()
