# expect: RE
# slow: yes
# what: Descriptors run out soon in Python too, and that is an exception.
kept = []
while True:
    kept.append(open("/dev/null"))
