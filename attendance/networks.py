"""From which network a check-in came, so far as two of one class can be told apart.

Kept as a hash under the key of the class: it can be compared within the class and leads back to no address.
"""

import hashlib
import hmac
import ipaddress

from attendance.class_codes import key_of
from attendance.models import Register

IPV4_BITS, IPV6_BITS = 24, 48
"""As far as the addresses of one institute agree."""


def network_of(register: Register, ip: str | None) -> str:
    """Sixteen hex digits that stand for the network of an address in this class; "" without an address."""
    if not ip:
        return ""
    address = ipaddress.ip_address(ip)
    bits = IPV4_BITS if address.version == 4 else IPV6_BITS
    network = ipaddress.ip_network((address, bits), strict=False)
    return hmac.new(key_of(register), b"network|" + str(network).encode(), hashlib.sha256).hexdigest()[:16]
