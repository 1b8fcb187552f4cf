"""Commands and long-running programs of the bed; all of them die with this process."""
import os
import subprocess
import threading
import time


class BedError(Exception):
    """The bed itself failed (not what is tested in it)."""


# Nothing is started with Python's preexec_fn (unsafe beside threads): setpriv (util-linux) sets the parent-death
# signal. It is bound to the starting thread, so machines are only made in the main thread.
DIE_WITH_US = ['setpriv', '--pdeathsig', 'KILL', '--']
PLAIN_ENVIRONMENT = {'PATH': '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG': 'C.UTF-8',
                     'HOME': '/root', 'TERM': 'dumb'}


def run(*command, check=True, timeout=60, input=None):
    """Runs a command to its end; returns the CompletedProcess with text output."""
    source = {'input': input} if input is not None else {'stdin': subprocess.DEVNULL}
    try:
        done = subprocess.run(command, **source, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=timeout, env=PLAIN_ENVIRONMENT, start_new_session=True)
    except subprocess.TimeoutExpired:
        raise BedError('%s: not done within %g s' % (' '.join(command), timeout)) from None
    if check and done.returncode != 0:
        raise BedError('%s: exit code %d: %s' % (' '.join(command), done.returncode,
                                                 (done.stdout + done.stderr).strip()[-800:]))
    return done


class Program:
    """A program that runs until it ends or is stopped; its output goes to a file or is read line by line."""

    def __init__(self, command, log=None):
        self.command = command
        self.lines = []
        self.changed = threading.Condition()
        self.reader = None
        self.ended_output = log is not None
        output = open(log, 'ab') if log else subprocess.PIPE
        # An own session: Ctrl-C on the terminal reaches this process only, which then ends the others in order.
        self.process = subprocess.Popen(DIE_WITH_US + command, stdin=subprocess.DEVNULL, stdout=output,
                                        stderr=subprocess.STDOUT, start_new_session=True, env=PLAIN_ENVIRONMENT)
        if log:
            output.close()
        else:
            self.reader = threading.Thread(target=self._read, daemon=True)
            self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.decode(errors='replace').rstrip('\n'))
                self.changed.notify_all()
        self.process.stdout.close()
        with self.changed:
            self.ended_output = True
            self.changed.notify_all()

    def count(self):
        with self.changed:
            return len(self.lines)

    def since(self, start):
        with self.changed:
            return self.lines[start:]

    def wait_line(self, wanted, timeout, start=0):
        """The first line from index `start` on for which wanted(line) is true; None after the timeout."""
        end = time.monotonic() + timeout
        with self.changed:
            while True:
                for line in self.lines[start:]:
                    if wanted(line):
                        return line
                start = len(self.lines)
                left = end - time.monotonic()
                if left <= 0 or self.ended_output:
                    return None
                self.changed.wait(left)

    def running(self):
        return self.process.poll() is None

    def terminate(self, timeout=5):
        """SIGTERM, then SIGKILL after the timeout."""
        if self.running():
            self.process.terminate()
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                pass
        self.stop()

    def stop(self):
        if self.running():
            self.process.kill()
        self.process.wait()
        if self.reader:
            self.reader.join(5)         # its last lines count


def wait_until(condition, timeout, what, pause=0.05):
    """Polls condition() until it gives something true, which is returned; BedError after the timeout.

    `what` says what was waited for; if it is callable its result is appended to the message (the last state seen).
    """
    end = time.monotonic() + timeout
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise BedError('not within %g s: %s' % (timeout, what() if callable(what) else what))
        time.sleep(pause)


def start_time(pid):
    """When a process started (clock ticks since boot, field 22 of its stat), or None: with the PID a name for good."""
    try:
        with open('/proc/%d/stat' % pid) as stat:
            return int(stat.read().rsplit(')', 1)[1].split()[19])
    except (OSError, IndexError, ValueError):
        return None


def own_tag():
    return '%d-%d' % (os.getpid(), start_time(os.getpid()))


def tag_is_dead(tag):
    """Whether the run of this tag (own_tag) is over; None if it is no tag."""
    pid, _, started = tag.partition('-')
    if not pid.isdigit() or not started.isdigit():
        return None
    return start_time(int(pid)) != int(started)
