# expect: AC
# answer: [0, 1, 4, 9, 16, 25, 36, 49]
# what: A pool of threads, a queue and an event.
from concurrent.futures import ThreadPoolExecutor
from queue import Queue
from threading import Thread

done = Queue()
worker = Thread(target=lambda: done.put("ready"))
worker.start()
worker.join()
with ThreadPoolExecutor(4) as pool:
    squares = list(pool.map(lambda x: x * x, range(8)))
print(squares if done.get() == "ready" else "")
