# expect: RE
# stdin: doors
# what: Nothing of the app can be imported, wherever it says the app lies.
import sys

sys.path[:0] = open(0).read().split("\n")[5:7] + ["/app", "/srv/classcrew"]
import coaching.settings  # noqa

print(coaching.settings)
