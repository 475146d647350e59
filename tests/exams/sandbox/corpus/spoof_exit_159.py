# expect: RE MLE
# what: 159 is what SIGSYS looks like, by which the filter ends who asks for too much memory; it gains nothing.
import os

os._exit(159)
