"""Runs the cluster tests: python3 -m cluster [--list | --short | --long] [--jobs N] [WORD...]; ends with "N passed, N failed".

--short leaves out the modules that say LONG = True, --long runs only them. --jobs: so many tests side by side (default 1);
those that measure times closely (ALONE = True in the module or the class) run first, one after the other. Every test
is a process of its own, whose output is printed whole when it has ended.
"""
import argparse
import importlib
import os
import sys
import traceback
import unittest

from .side_by_side import run_all

ONE = '--one'           # the command line of such a process: --one NAME


def all_tests(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from all_tests(item)
        else:
            yield item


def load():
    here = os.path.dirname(__file__)
    loader = unittest.TestLoader()
    for file in sorted(os.listdir(here)):
        if file.startswith('test_') and file.endswith('.py'):
            yield from all_tests(loader.loadTestsFromModule(importlib.import_module('cluster.' + file[:-3])))


def says(test, mark):
    """Whether the class or the module of a test has this mark."""
    return getattr(type(test), mark, getattr(sys.modules[type(test).__module__], mark, False))


def short_name(test):
    module, _, name = test.id().rsplit('.', 2)
    return module.rsplit('.', 1)[-1].removeprefix('test_') + '.' + name.removeprefix('test_')


def run_one(test):
    """Runs one test; returns the text of its failure, or None."""
    result = unittest.TestResult()
    try:
        test.run(result)
    except BaseException:
        return traceback.format_exc()
    problems = [text for _, text in result.failures + result.errors]
    if result.skipped:
        problems.append('skipped: %s' % result.skipped)         # nothing is skipped silently
    return '\n'.join(problems) or None


def in_this_process(name):
    problem = run_one(next(all_tests(unittest.TestLoader().loadTestsFromName(name))))
    if problem:
        print(problem, flush=True)
    return 1 if problem else 0


def arguments(words):
    parser = argparse.ArgumentParser(prog='python3 -m cluster', description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group()
    for option in ('--list', '--short', '--long'):
        which.add_argument(option, action='store_true')
    parser.add_argument('--jobs', type=int, default=1)
    parser.add_argument('words', nargs='*', metavar='WORD', help='the tests whose names contain one of these')
    return parser.parse_args(words)


def main(words):
    if words[:1] == [ONE]:
        return in_this_process(words[1])
    chosen = arguments(words)
    tests = list(load())
    if chosen.short or chosen.long:
        tests = [test for test in tests if says(test, 'LONG') == chosen.long]
    tests = [test for test in tests if not chosen.words or any(word in short_name(test) for word in chosen.words)]
    if chosen.list:
        print('\n'.join(map(short_name, tests)))
        return 0
    rounds = [([test for test in tests if says(test, 'ALONE')], 1),
              ([test for test in tests if not says(test, 'ALONE')], chosen.jobs)]
    passed, failed = run_all([([(short_name(test), [ONE, test.id()]) for test in some], jobs) for some, jobs in rounds])
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
