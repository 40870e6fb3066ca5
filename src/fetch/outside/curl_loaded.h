// libcurl, loaded at its first use. Functions of <curl/curl.h> that this program calls are defined
// here in its place.
#pragma once

#include <string>

namespace restante::fetch {

/// Loads it. Empty: it is there; otherwise what the loader says.
const std::string& curl_failure();

}  // namespace restante::fetch
