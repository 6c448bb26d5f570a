"""A mail server for tests: aiosmtpd on loopback, told by its arguments what to refuse.

smtp.py FOLDER [--starttls CERT KEY | --tls CERT KEY] [--refuse N] [--for-good ADDRESS] [--hang]

Prints its port, then stores every letter it takes as FOLDER/NUMBER.eml. The first N letters are refused with 451,
letters to ADDRESS always with 550, and with --hang no recipient ever gets an answer.
"""
import asyncio, itertools, pathlib, ssl, sys

from aiosmtpd.smtp import SMTP

arguments = sys.argv[1:]
folder = pathlib.Path(arguments.pop(0))
refuse, context, wrapped, for_good, hang = 0, None, False, None, False
while arguments:
    option = arguments.pop(0)
    if option == "--refuse":
        refuse = int(arguments.pop(0))
    elif option == "--for-good":
        for_good = arguments.pop(0)
    elif option == "--hang":
        hang = True
    else:
        wrapped = option == "--tls"
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(arguments.pop(0), arguments.pop(0))
numbers = itertools.count()


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if hang:
            (folder / "asked").touch()
            await asyncio.sleep(3600)
        if address == for_good:
            return f"550 5.1.1 <{address}>: user unknown"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        number = next(numbers)
        if number < refuse:
            return "451 4.3.0 try again later"
        whole = folder / f"{number:04}.part"
        whole.write_bytes(envelope.content)
        whole.rename(folder / f"{number:04}.eml")
        return "250 2.0.0 taken"


async def main():
    def make():
        starttls = None if wrapped else context
        return SMTP(Handler(), tls_context=starttls, require_starttls=starttls is not None, hostname="mail.test")

    loop = asyncio.get_running_loop()
    server = await loop.create_server(make, "127.0.0.1", 0, ssl=context if wrapped else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
