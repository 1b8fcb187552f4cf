"""Runs the tests in guests: python3 -m vm [--list] [--all] [WORD...]; ends with "N passed, N failed".

A test that passed with these very files is not run again, unless --all is given or its name is. WORD: the tests whose
names contain one of these; those that take very long run only so. Each test is a process in namespaces of its own; its output: build/check-vm/<test>.log.
"""
import argparse
import importlib
import os
import sys

from cluster.__main__ import all_tests, run_one, short_name

from . import runner

ONE = '--one'           # the command line of such a process: --one NAME


def load():
    import unittest
    here = os.path.dirname(__file__)
    loader = unittest.TestLoader()
    for file in sorted(os.listdir(here)):
        if file.startswith('test_') and file.endswith('.py'):
            yield from all_tests(loader.loadTestsFromModule(importlib.import_module('vm.' + file[:-3])))


def in_this_process(name):
    problem = run_one(next(test for test in load() if short_name(test) == name))
    if problem:
        print(problem, flush=True)
    return 1 if problem else 0


def main(words):
    if words[:1] == [ONE]:
        return in_this_process(words[1])
    parser = argparse.ArgumentParser(prog='check-vm', description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--list', action='store_true')
    parser.add_argument('--all', action='store_true')
    parser.add_argument('words', nargs='*', metavar='WORD')
    chosen = parser.parse_args(words)
    limits = {short_name(test): getattr(test, 'longest', runner.LONGEST) for test in load()
              if not test.only_all or chosen.all or chosen.list or any(word in short_name(test) for word in chosen.words)}
    names = [name for name in limits if not chosen.words or any(word in name for word in chosen.words)]
    if chosen.list:
        print('\n'.join(names))
        return 0
    if not names:
        print('check-vm: no test whose name contains %s; --list shows them' % ' or '.join(chosen.words), file=sys.stderr)
        return 2
    return runner.run_all({name: limits[name] for name in names}, again=chosen.all or bool(chosen.words))


if __name__ == '__main__':
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
