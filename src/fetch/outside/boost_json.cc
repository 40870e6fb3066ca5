// Boost.JSON, compiled once for the client instead of linked, as src/accounts/oauth does for the
// server.
#include <boost/json/src.hpp>
