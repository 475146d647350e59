# expect: RE MLE
# memory: 64
# slow: yes
# what: Ten gigabytes in one piece.
print(len(bytearray(10_000_000_000)))
