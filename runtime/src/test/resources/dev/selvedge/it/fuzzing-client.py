# Runs cases of the Autobahn test suite (0.5.6, on Jython) against WebSocket servers:
#
#   fuzzing-client.py REPORTS EXCLUDED AGENT=URL...
#
# EXCLUDED is a list of patterns with commas. An agent whose name ends in "deflate" is offered
# permessage-deflate on every connection, which the suite by itself never does in these cases.
import sys

from autobahn.compress import PerMessageDeflateOffer, PerMessageDeflateResponseAccept
from autobahntestsuite import fuzzing, wstest

# The suite's waits are for an idle machine; a case that gets its answer ends at once anyway.
PATIENCE = 30

# What these two look for does not exist once compression is agreed on: RSV1 is no error then
# (3.4), and 64 KiB of one letter come back in one small frame (10.1.1).
UNCOMPRESSED = ["3.4", "10.1.1"]

Client = fuzzing.FuzzingClientFactory
Protocol = fuzzing.FuzzingClientProtocol


class OfferingClient(Client):
    def nextCase(self):
        more = Client.nextCase(self)
        if more:
            deflate = self.agent.endswith("deflate") and self.currentCaseId not in UNCOMPRESSED
            self.setProtocolOptions(
                perMessageCompressionOffers=[PerMessageDeflateOffer()] if deflate else [],
                perMessageCompressionAccept=PerMessageDeflateResponseAccept)
        return more


class PatientProtocol(Protocol):
    def killAfter(self, delay):
        Protocol.killAfter(self, delay * PATIENCE)

    def closeAfter(self, delay):
        Protocol.closeAfter(self, delay * PATIENCE)


fuzzing.FuzzingClientFactory = OfferingClient
fuzzing.FuzzingClientProtocol = PatientProtocol

options = {
    "version": 18,
    "openHandshakeTimeout": 5 * PATIENCE,
    "closeHandshakeTimeout": PATIENCE,
    "serverConnectionDropTimeout": PATIENCE,
}
servers = [dict(zip(["agent", "url"], word.split("=", 1)), options=options) for word in sys.argv[3:]]
wstest.start({"mode": "fuzzingclient"}, {
    "outdir": sys.argv[1],
    "cases": ["*"],
    "exclude-cases": sys.argv[2].split(","),
    "exclude-agent-cases": {},
    "options": {"failByDrop": False},
    "servers": servers,
})
