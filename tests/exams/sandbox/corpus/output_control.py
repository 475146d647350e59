# expect: WA
# what: Escape sequences, direction marks, NULs and broken UTF-8 are bytes like others.
import sys

sys.stdout.buffer.write(b"\x1b]0;title\x07\x1b[2J\x00\xff\xfe\xe2\x80\xae<script>alert(1)</script>\r\n\x85\xed\xa0\x80")
sys.stderr.buffer.write(b"\x1b[31m\x00\xff<b>\xe2\x80\xaeAC\x1b[0m")
