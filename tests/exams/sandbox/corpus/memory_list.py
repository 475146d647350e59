# expect: RE MLE
# memory: 64
# what: A list of big strings without end.
kept = []
while True:
    kept.append(bytes([len(kept) % 256]) * (1 << 20))
