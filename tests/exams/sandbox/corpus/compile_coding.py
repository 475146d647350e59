# -*- coding: unicode_escape -*-
# expect: CE AC RE
# slow: yes
# what: A source that is another text for whoever reads it in its declared encoding.
#\u000aprint("contained")
