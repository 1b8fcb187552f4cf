#!/usr/bin/env python3
"""Receivers of notifications, as a program on the bed's client: a mail server, a web server. What they take is one JSON
object per line on standard output. Usage: receivers.py mail PORT [CERTIFICATE USER PASSWORD] | web PORT [TOKEN]"""
import asyncio
import base64
import http.server
import json
import ssl
import sys


def tell(**what):
    print(json.dumps(what), flush=True)


class MailServer:
    """As much of SMTP (RFC 5321, 3207, 4954) as a sender needs. With a certificate it takes mail over TLS and from a
    user with a password only; an address that begins with `gone` is refused."""

    def __init__(self, certificate=None, user=None, password=None):
        self.certificate, self.user, self.password = certificate, user, password

    async def serve(self, port):
        server = await asyncio.start_server(self.session, '0.0.0.0', port)
        tell(listening=port)
        async with server:
            await server.serve_forever()

    async def session(self, reader, writer):
        try:
            await self.talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError) as error:
            tell(broken=str(error))
        finally:
            writer.close()

    async def talk(self, reader, writer):
        state = {'tls': False, 'login': self.user is None, 'from': None, 'to': []}

        def say(line):
            writer.write(line.encode() + b'\r\n')

        say('220 bed')
        while line := (await reader.readline()).decode().rstrip('\r\n'):
            verb = line.split(' ')[0].upper()
            if verb == 'EHLO':
                offers = ['bed'] + (['STARTTLS'] if self.certificate and not state['tls'] else [])
                offers += ['AUTH PLAIN'] if self.user and state['tls'] else []
                for offer in offers:
                    say('250%s%s' % (' ' if offer == offers[-1] else '-', offer))
            elif verb == 'STARTTLS':
                say('220 go on')
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self.certificate)
                await writer.start_tls(context)
                state['tls'] = True
            elif verb == 'AUTH':
                state['login'] = await self.log_in(line, reader, say)
                say('235 ok' if state['login'] else '535 wrong user or password')
            elif verb == 'MAIL':
                say('250 ok' if state['login'] else '530 log in first')
                state['from'] = line
            elif verb == 'RCPT' and '<gone' in line:
                say('550 5.1.1 no such user here')
            elif verb == 'RCPT':
                say('250 ok')
                state['to'].append(line[line.index('<') + 1:line.index('>')])
            elif verb == 'DATA':
                say('354 end with a dot')
                text = (await reader.readuntil(b'\r\n.\r\n'))[:-5].decode()
                say('250 2.0.0 taken as %d' % len(text))
                tell(mail=text.replace('\r\n', '\n').replace('\n..', '\n.'), to=state['to'], tls=state['tls'])
            elif verb == 'QUIT':
                return say('221 bye')
            else:
                say('502 not known')
            await writer.drain()

    async def log_in(self, line, reader, say):
        words = line.split(' ')
        if words[1] != 'PLAIN':
            return False
        if len(words) < 3:
            say('334 ')
            words.append((await reader.readline()).decode().strip())
        return base64.b64decode(words[2]).decode().split('\0')[1:] == [self.user, self.password]


class Hook(http.server.BaseHTTPRequestHandler):
    token = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length'])).decode()
        right = self.token is None or self.headers['Authorization'] == 'Bearer ' + self.token
        self.send_response(204 if right else 403)
        self.end_headers()
        tell(**({'event': json.loads(body), 'type': self.headers['Content-Type']} if right else {'refused': body}))

    def log_message(self, *_):
        pass


def main(kind, port, *further):
    if kind == 'mail':
        return asyncio.run(MailServer(*further).serve(int(port)))
    Hook.token = further[0] if further else None
    server = http.server.ThreadingHTTPServer(('0.0.0.0', int(port)), Hook)
    tell(listening=int(port))
    return server.serve_forever()


if __name__ == '__main__':
    main(*sys.argv[1:])
