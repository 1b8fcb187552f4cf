"""Cluster tests: real holdfastd, real corosync, real agents, on the nodes of the test bed.

    ./check cluster              all of them
    ./check cluster power pause  those whose names contain a word
"""
