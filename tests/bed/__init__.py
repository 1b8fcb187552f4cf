"""The test bed: machines made of namespaces, networks between them, a client beside them.

    from bed import Bed
    with Bed(['alpha', 'beta']) as bed:
        bed['alpha'].power_off()

README.md explains it; `python3 -m bed selftest` (in tests/) proves every facility.
"""
from .testbed import Bed, BedError

__all__ = ['Bed', 'BedError']
