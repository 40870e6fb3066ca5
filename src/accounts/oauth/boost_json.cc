// Boost.JSON, compiled once here instead of linked: Debian's shared library stays off the list of
// what a server needs at run time.
#include <boost/json/src.hpp>
