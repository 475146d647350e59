# expect: AC
# answer: [0, 1, 2]
# slow: yes
# what: An event loop, which makes a pair of sockets for itself.
import asyncio


async def one(number):
    await asyncio.sleep(0.01)
    return number


async def main():
    print(await asyncio.gather(*[one(number) for number in range(3)]))


asyncio.run(main())
