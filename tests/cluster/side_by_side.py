"""Tests as processes, several at a time. Nothing of them outlives this process, however that ends."""
import contextlib
import signal
import subprocess
import sys
import tempfile
import time

LONGEST = 300           # s; a test that takes longer is ended, and has failed
CLEANING = 30           # s that a test has to put its machines away when it is told to end
SLOWEST_SHOWN = 10


class Running:
    """One test. It is told to end (SIGTERM, which a bed answers by cleaning up) when this process dies."""

    def __init__(self, name, words):
        self.name = name
        self.output = tempfile.TemporaryFile()
        self.begun = time.monotonic()
        self.seconds = 0.0
        self.told_to_end = False
        # A session of its own: Ctrl-C reaches this process only, which then ends the tests in order.
        self.process = subprocess.Popen(
            ['setpriv', '--pdeathsig', 'TERM', '--', sys.executable, '-B', '-m', 'cluster', *words],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT, start_new_session=True)

    def has_ended(self):
        self.seconds = time.monotonic() - self.begun
        if self.process.poll() is not None:
            return True
        if self.seconds > LONGEST and not self.told_to_end:
            self.told_to_end = True
            self.process.terminate()
        elif self.seconds > LONGEST + CLEANING:
            self.process.kill()
        return False

    def problem(self):
        """What it printed if it failed, else None."""
        code = self.process.returncode
        if code == 0 and not self.told_to_end:
            return None
        self.output.seek(0)
        text = self.output.read().decode(errors='replace').rstrip('\n')
        if self.told_to_end:
            text += '\nnot done within %d s' % LONGEST
        return text if code == 1 else text + '\nexit code %d' % code


def put_away(running):
    """Ends tests that run, and waits until their machines are gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)        # a second Ctrl-C must not stop the cleaning
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for test in running:
        test.process.terminate()
    end = time.monotonic() + CLEANING
    for test in running:
        try:
            test.process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            test.process.kill()
            test.process.wait()


def in_turn(tests, jobs):
    """Runs (name, words) with at most `jobs` at a time; yields them as they end."""
    waiting, running = list(tests), []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(Running(*waiting.pop(0)))
            ended = [test for test in running if test.has_ended()]
            running = [test for test in running if test not in ended]
            yield from ended
            if not ended:
                time.sleep(0.02)
    finally:
        if running:
            put_away(running)


def run_all(rounds):
    """Runs each round, (tests, jobs), after the one before; prints how each test ended. Returns (passed, failed)."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    times, failed = [], []
    for tests, jobs in rounds:
        with contextlib.closing(in_turn(tests, jobs)) as ended:
            for test in ended:
                problem = test.problem()
                times.append((test.seconds, test.name))
                print('%-60s %-4s %5.1f s' % (test.name, 'FAIL' if problem else 'ok', test.seconds), flush=True)
                if problem:
                    failed.append(test.name)
                    print(problem, flush=True)
    if len(times) > SLOWEST_SHOWN:
        print('the slowest:')
        for seconds, name in sorted(times, reverse=True)[:SLOWEST_SHOWN]:
            print('  %5.1f s  %s' % (seconds, name))
    for name in failed:
        print('failed: ' + name)
    return len(times) - len(failed), len(failed)
