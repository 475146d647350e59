# expect: AC
# stdin: नमस्ते दुनिया
# answer: नमस्ते दुनिया 13 ₹
# what: Hindi in and out, counted in signs.
नमस्ते = input()
print(नमस्ते, len(नमस्ते), "₹")
