"""Tests one after the other, each in namespaces of its own, so that nothing outlives it; remembers what passed."""
import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from bed.commands import own_tag, run, tag_is_dead
from bed.testbed import REPOSITORY

from . import kernel

LONGEST = 600                   # s; a test that takes longer is ended, and has failed without evidence. Or what it says itself
PREFIX = 'holdfast-vm-'
LOGS = os.path.join(REPOSITORY, 'build/check-vm')
PASSED = os.path.join(LOGS, 'passed')
SHOWN = 60                      # lines of a failed test's log
# The first process of the PID namespace is the test: with its end, all of it ends. sysrq is the host's own there.
ENTER = ['setpriv', '--pdeathsig', 'KILL', '--', 'unshare', '--net', '--mount', '--pid', '--ipc', '--fork',
         '--kill-child', '--mount-proc', '--', '/bin/sh', '-c',
         '[ ! -e /proc/sysrq-trigger ] || mount --bind /dev/null /proc/sysrq-trigger; exec "$@"', 'test']


def state_of_files():
    """A name of the files as they are: the commit, and what differs from it; None where git does not know."""
    def git(*words):
        return run('git', '-C', REPOSITORY, *words, check=False).stdout
    commit = git('rev-parse', 'HEAD').strip()
    if not commit:
        return None
    changed = git('diff', 'HEAD') + git('ls-files', '--others', '--exclude-standard', '-s')
    for name in git('ls-files', '--others', '--exclude-standard').splitlines():
        with open(os.path.join(REPOSITORY, name), 'rb') as file:
            changed += name + hashlib.sha256(file.read()).hexdigest()
    return commit + ('-' + hashlib.sha256(changed.encode()).hexdigest()[:16] if changed else '')


def passed_before(files):
    """The tests that passed with these files, with the seconds that they took."""
    try:
        with open(PASSED, encoding='utf-8') as kept:
            lines = [line.split() for line in kept]
    except FileNotFoundError:
        return {}
    return {name: float(seconds) for state, name, seconds in lines if state == files}


def remember(files, name, seconds):
    with open(PASSED, 'a', encoding='utf-8') as kept:
        kept.write('%s %s %.1f\n' % (files, name, seconds))


def clean():
    """Removes the folders of runs that were killed."""
    for name in os.listdir(tempfile.gettempdir()):
        if name.startswith(PREFIX) and tag_is_dead(name[len(PREFIX):]):
            shutil.rmtree(os.path.join(tempfile.gettempdir(), name), ignore_errors=True)


def run_test(name, folder, longest):
    """Runs one test; returns None or why it failed."""
    os.mkdir(folder)
    environment = dict(os.environ, HOLDFAST_VM_FOLDER=folder)
    with open(os.path.join(LOGS, name + '.log'), 'wb') as log:
        process = subprocess.Popen(ENTER + [sys.executable, '-B', '-m', 'vm', '--one', name], stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=subprocess.STDOUT, start_new_session=True, env=environment)
        try:
            code = process.wait(longest)
        except subprocess.TimeoutExpired:
            log.write(b'not done within %d s\n' % longest)
            code = None
        finally:
            process.kill()              # of a test that has ended: nobody
            process.wait()
            shutil.rmtree(folder, ignore_errors=True)
    if code == 0:
        return None
    with open(os.path.join(LOGS, name + '.log'), errors='replace') as log:
        return ''.join(log.readlines()[-SHOWN:]) + ('' if code in (1, None) else 'exit code %d\n' % code)


def run_all(limits, again):
    """limits: the tests by name, with the longest time that each may take."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.makedirs(LOGS, exist_ok=True)
    clean()
    kernel.fetch()                  # the tests themselves are cut off from every mirror of packages
    files = state_of_files()
    before = {} if again or files is None else passed_before(files)
    begun, passed, failed = time.monotonic(), 0, []
    folder = os.path.join(tempfile.gettempdir(), PREFIX + own_tag())
    with contextlib.ExitStack() as cleaning:
        cleaning.callback(shutil.rmtree, folder, ignore_errors=True)
        for name, longest in limits.items():
            if name in before:
                passed += 1
                print('%-72s ok   %5.1f s, before' % (name, before[name]), flush=True)
                continue
            test_begun = time.monotonic()
            problem = run_test(name, folder, longest)
            seconds = time.monotonic() - test_begun
            print('%-72s %-4s %5.1f s' % (name, 'FAIL' if problem else 'ok', seconds), flush=True)
            if problem:
                failed.append(name)
                print(problem, flush=True)
            else:
                passed += 1
                if files:
                    remember(files, name, seconds)
    for name in failed:
        print('failed: %s; its log: %s' % (name, os.path.relpath(os.path.join(LOGS, name + '.log'), REPOSITORY)))
    print('%.0f s in all' % (time.monotonic() - begun))
    print('%d passed, %d failed' % (passed, len(failed)))
    return 1 if failed else 0
