# expect: CE RE MLE TLE
# memory: 64
# cpu: 500
# slow: yes
# what: Constants that the parser would compute: a tuple of a hundred million, a power of a billion bits.
x = (((((((1,) * 1000) * 1000) * 1000) * 1000)))
y = "hole" * 10**10
z = 2 ** 2 ** 40
