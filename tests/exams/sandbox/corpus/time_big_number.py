# expect: TLE RE MLE
# cpu: 300
# slow: yes
# what: A power with a hundred million digits.
print(7 ** (10**9) % 10)
