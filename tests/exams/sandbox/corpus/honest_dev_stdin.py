# expect: AC
# stdin: 3 4 5
# answer: 12
# slow: yes
# what: The input by its name and by its number.
first = open("/dev/stdin").read()
print(sum(map(int, open(0).read().split())) if first else "")
