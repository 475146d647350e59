# expect: AC
# cpu: 2000
# answer: lines
# slow: yes
# what: Five megabytes of output.
print("\n".join(f"{number:07d}" for number in range(655_360)))
