"""The code of one class: its key, and what stands on the screen of the hall.

The key is made of the master key ring and the class's nonce and lies in no table: whoever has the database alone can
make no code. After a rotation of the ring the code on the screen is another one, as it is every twenty seconds.
"""

import hashlib
import hmac

from attendance.models import Register
from coaching.lib import sealing

PURPOSE = "attendance-code"


def key_of(register: Register) -> bytes:
    """The key that the codes of this class are made with."""
    material = register.class_session.uuid.bytes + bytes(register.code_nonce)
    return hmac.new(sealing.ring().subkey(PURPOSE), material, hashlib.sha256).digest()
