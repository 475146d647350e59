// expect: CE RE
// what: A file that is no module is not quoted by the message of the loader.
require("@SECRET@");
