#!/usr/bin/env python3
"""Reads service points and the figures of a period from sipas, with nothing but Python's own library.

    SIPAS_URL=https://khaosat.example.gov.vn SIPAS_KEY=sipas_... python3 api_client.py PLAN PERIOD

A key is made by an administrator at /staff/tokens. What there is to ask is described at /api/v1/openapi.json.
"""

import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


class Sipas:
    """Asks a server by a key; keeps what it read with its tag, and waits where it is told to."""

    def __init__(self, address, key):
        self.address = address.rstrip("/")
        self.key = key
        self.kept = {}

    def ask(self, path):
        """What stands at a path, and the path of the next page or None."""
        request = urllib.request.Request(self.address + path)
        request.add_header("Authorization", "Bearer " + self.key)
        if path in self.kept:
            request.add_header("If-None-Match", self.kept[path][0])
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                body = json.load(answer)
                following = re.search(r'<([^>]+)>; rel="next"', answer.headers.get("Link") or "")
                found = (body, following.group(1) if following else None)
                self.kept[path] = (answer.headers["ETag"], found)
                return found
        except urllib.error.HTTPError as error:
            if error.code == 304:
                return self.kept[path][1]
            if error.code in (429, 503):
                time.sleep(int(error.headers.get("Retry-After") or 60))
                return self.ask(path)
            raise SystemExit(f"{path}: {error.code} {json.load(error).get('error')}") from None

    def every(self, path):
        """The entries of a list, page after page."""
        while path:
            entries, path = self.ask(path)
            yield from entries


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    plan, period = (urllib.parse.quote(word, safe="") for word in sys.argv[1:])
    sipas = Sipas(os.environ["SIPAS_URL"], os.environ["SIPAS_KEY"])
    for point in sipas.every("/api/v1/points?limit=500"):
        print("point", point["code"], point["unit"], point["name"], sep="\t")
    index, _ = sipas.ask(f"/api/v1/plans/{plan}/periods/{period}/index")
    for target in index["targets"]:
        estimate = target["estimate"]
        # A figure of fewer than ten respondents is hidden: there is none.
        shown = f'{estimate["value"]:.4f}' if estimate else ""
        print("target", target["clause"], target["index"], target["verdict"], shown, sep="\t")
    again, _ = sipas.ask(f"/api/v1/plans/{plan}/periods/{period}/index")
    if again is not index:
        print("the figures changed meanwhile", file=sys.stderr)


if __name__ == "__main__":
    main()
