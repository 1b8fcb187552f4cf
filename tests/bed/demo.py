"""./demo: a real service survives the power-off of its node. README.md and `./demo --help` say more."""
import argparse
import sys
import time

from . import enter
from .commands import BedError, wait_until
from .holdfast import Cluster, configuration
from .outage import gaps, wait_answer, wait_gap
from .story import Story
from .testbed import ADDRESS, Bed

HOME, OTHER = 'alpha', 'beta'
QUIET_SECONDS = 8       # how long we watch that nothing moves back

HELP = '''\
Things to try here (then Enter):
  off NODE         power off          boot NODE        power on again
  cut NODE [0|1]   cut its links, or one of them        heal NODE        mend them
  freeze NODE      its processes stand still            thaw NODE
  status           holdfast status    why              holdfast why web
  help             this list          Enter alone or Ctrl-C ends the demo
In another terminal, as root:
  tests/bed/node alpha                                  a shell in the node
  tests/bed/node alpha holdfast status --watch
  tests/bed/node beta holdfast resource move web alpha
  tests/bed/node beta less /var/log/holdfast.log
  tests/bed/node client curl http://%s/''' % ADDRESS


class Demo:
    def __init__(self, bed, options):
        self.bed = bed
        self.options = options
        self.cluster = Cluster(bed, configuration(bed, detection=options.detection))
        self.story = Story(bed)
        self.client = None

    def form(self):
        say = self.story.say
        say('Two nodes, %s and %s, with two links and a public network; a client beside them.' % (HOME, OTHER))
        say('Starting holdfastd on both; each starts its corosync.')
        self.cluster.start()
        self.cluster.wait_formed()
        say('\nProtecting web (nginx) above web-ip (%s): holdfast resource start web --on %s' % (ADDRESS, HOME))
        self.cluster.do(HOME, 'resource', 'start', 'web', '--on', HOME)
        self.client = self.bed.watch_web()
        self.story.watch(self.client)
        if wait_answer(self.client, 10) != HOME:
            raise BedError('the client gets no answer from %s%s' % (HOME, self.cluster.report()))
        say('\nA client asks 100 times a second. holdfast status:')
        self.story.show(self.cluster.do(HOME, 'status'))

    def fail(self):
        """Powers off the active node; returns the outage that the client saw, in milliseconds."""
        say = self.story.say
        time.sleep(2)       # some steady service first
        early = gaps(self.client.since(0))
        if early:
            raise BedError('the client saw a gap before anything happened: %s' % early[0])
        start = self.client.count()
        say('\nPower off: %s. Its ports are dead and its processes killed, at once.' % HOME)
        off = self.bed[HOME].power_off()
        self.story.zero(off)
        gap = wait_gap(self.client, 30, start, OTHER)
        if not gap:
            raise BedError('%s does not answer in place of %s within 30 s%s' % (OTHER, HOME, self.cluster.report()))
        self.cluster.wait_states(OTHER, 'web', **{OTHER: ('in-service', 'unprotected')})
        say('\nThe client saw no answer for %.0f ms; the next one came %.0f ms after the power-off. holdfast why web:'
            % (gap.milliseconds, (gap.first - off) / 1e6))
        self.story.show(self.cluster.do(OTHER, 'why', 'web'))
        return gap.milliseconds

    def come_back(self):
        say = self.story.say
        start = self.client.count()
        say('\nPower on: %s boots and starts holdfastd.' % HOME)
        self.cluster.boot(HOME)
        enter.describe(self.bed)
        self.cluster.wait_formed()
        say('\n%s is back. Watching for %d s that nothing moves back by itself (switchback is manual).'
            % (HOME, QUIET_SECONDS))
        time.sleep(QUIET_SECONDS)
        moved = gaps(self.client.since(start))
        if moved:
            raise BedError('the client saw a change after %s was back: %s%s' % (HOME, moved[0], self.cluster.report()))
        self.cluster.wait_states(HOME, 'web', 10, **{HOME: 'out-of-service', OTHER: 'in-service'})
        say('web stays on %s. holdfast status:' % OTHER)
        self.story.show(self.cluster.do(OTHER, 'status'))

    def interact(self):
        enter.describe(self.bed)
        self.story.say('\nThe cluster goes on running.\n' + HELP)
        while True:
            line = sys.stdin.readline()
            words = line.split()
            if not words:
                return
            try:
                self.obey(words)
            except BedError as error:
                self.story.say('not done: %s' % error)

    def obey(self, words):
        verb, names = words[0], words[1:]
        if verb == 'status' or verb == 'why':
            alive = next((node.name for node in self.bed.nodes.values() if node.pid), None)
            if alive is None:
                raise BedError('all nodes are off')
            done = self.cluster.command(alive, *(['why', 'web'] if verb == 'why' else ['status']))
            return self.story.show(done.stdout + done.stderr)
        if verb == 'help':
            return self.story.say(HELP)
        if verb not in ('off', 'boot', 'cut', 'heal', 'freeze', 'thaw'):
            raise BedError('there is no "%s" here; "help" lists what there is' % verb)
        if not names or names[0] not in self.bed.nodes:
            raise BedError('%s which node? There are: %s' % (verb, ', '.join(self.bed.nodes)))
        if not set(names[1:]) <= {'0', '1'}:
            raise BedError('links are 0 and 1')
        node = self.bed[names[0]]
        if verb != 'boot' and node.pid is None:
            raise BedError('%s is off' % node.name)
        self.story.zero(time.time_ns())
        if verb == 'off':
            node.power_off()
        elif verb == 'boot':
            self.cluster.boot(node.name)
        elif verb in ('cut', 'heal'):
            (node.cut if verb == 'cut' else node.restore)(*[int(number) for number in names[1:]])
        else:
            (node.freeze if verb == 'freeze' else node.thaw)()
        enter.describe(self.bed)


def parse(arguments):
    parser = argparse.ArgumentParser(prog='./demo', description=(
        'Installs what is needed, builds, makes two nodes of namespaces, protects a virtual IP and nginx on them, powers '
        'off the active node and shows what happens. Needs root on Debian 12.'))
    parser.add_argument('--once', action='store_true', help='run through, clean up, end with the line outage_ms=<n>')
    parser.add_argument('--detection', choices=('fast', 'normal', 'relaxed'), default='normal',
                        help='how soon a silent node is given up (default: normal)')
    parser.add_argument('--build', help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments):
    options = parse(arguments)
    outage = None
    try:
        with Bed([HOME, OTHER], build=options.build) as bed:
            demo = Demo(bed, options)
            try:
                demo.form()
                outage = demo.fail()
                demo.come_back()
                if not options.once:
                    demo.interact()
            finally:
                demo.story.end()
    except BedError as error:
        print('demo: %s' % error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print('\ndemo: ended by Ctrl-C; everything is cleaned up', file=sys.stderr)
        return 130 if outage is None else 0
    if options.once:
        print('outage_ms=%.0f' % outage)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
