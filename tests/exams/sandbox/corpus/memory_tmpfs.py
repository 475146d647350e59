# expect: AC RE MLE
# memory: 64
# cpu: 2000
# what: A file system in memory is no way round the memory limit.
import os

written = 0
block = b"x" * (1 << 20)
for folder in ("/tmp", "/dev/shm", "/dev", "/run", "/var/tmp", "/", os.getcwd(), "/home", "/mnt", "/dev/mqueue"):
    for number in range(64):
        try:
            with open(f"{folder}/judge-corpus-{number}", "wb", buffering=0) as file:
                for _turn in range(16):
                    written += file.write(block)
        except OSError:
            break
print("contained" if written < 64 << 20 else f"hole: {written} bytes in files")
