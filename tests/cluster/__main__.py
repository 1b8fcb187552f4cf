"""Runs the cluster tests: python3 -m cluster [--list | --short | --long] [WORD...]; ends with "N passed, N failed".

--short leaves out the modules that say LONG = True, --long runs only them."""
import importlib
import os
import sys
import time
import traceback
import unittest


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


def is_long(test):
    return getattr(sys.modules[type(test).__module__], 'LONG', False)


def short_name(test):
    module, _, name = test.id().rsplit('.', 2)
    return module.rsplit('.', 1)[-1].removeprefix('test_') + '.' + name.removeprefix('test_')


def run_one(test):
    """Runs one test; returns the text of its failure, or None."""
    result = unittest.TestResult()
    test.run(result)
    problems = [text for _, text in result.failures + result.errors]
    if result.skipped:
        problems.append('skipped: %s' % result.skipped)         # nothing is skipped silently
    return '\n'.join(problems) or None


def main(words):
    tests = list(load())
    if words[:1] == ['--list']:
        print('\n'.join(map(short_name, tests)))
        return 0
    if words[:1] in (['--short'], ['--long']):
        wanted = words.pop(0) == '--long'
        tests = [test for test in tests if is_long(test) == wanted]
    tests = [test for test in tests if not words or any(word in short_name(test) for word in words)]
    passed, failed = 0, []
    for test in tests:
        begun = time.monotonic()
        print('%-60s ' % short_name(test), end='', flush=True)
        try:
            problem = run_one(test)
        except KeyboardInterrupt:
            raise
        except BaseException:
            problem = traceback.format_exc()
        print('%-4s %5.1f s' % ('FAIL' if problem else 'ok', time.monotonic() - begun), flush=True)
        if problem:
            failed.append(short_name(test))
            print(problem, flush=True)
        else:
            passed += 1
    for name in failed:
        print('failed: ' + name)
    print('%d passed, %d failed' % (passed, len(failed)))
    return 1 if failed or not passed else 0


try:
    sys.exit(main(sys.argv[1:]))
except KeyboardInterrupt:
    sys.exit(130)
