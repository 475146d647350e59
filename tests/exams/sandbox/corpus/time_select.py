# expect: TLE
# cpu: 100
# slow: yes
# what: select without anything to wait for ends at the wall limit.
import select

while True:
    select.select([], [], [])
