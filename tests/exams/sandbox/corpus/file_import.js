// expect: CE RE
// slow: yes
// what: A file that is no module is not quoted by the message of the loader.
require("@SECRET@");
