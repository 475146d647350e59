# expect: AC
# cpu: 2000
# memory: 256
# stdin: numbers
# answer: numbers
# what: Eight megabytes of numbers.
import sys

print(sum(map(int, sys.stdin.buffer.read().split())))
