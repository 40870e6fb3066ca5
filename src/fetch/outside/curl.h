// libcurl for the few commands that need it. It brings two dozen libraries with it, which took a
// third of the time that the program needs to start: it is loaded when the first handle is asked
// for. Its functions are called as ever; curl_loaded.cc passes them on.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace restante::fetch {

using Curl = std::unique_ptr<CURL, void (*)(CURL*)>;

/// A handle without options. Errors: kIo (libcurl is not installed, or there is no memory).
Result<Curl> new_curl();

/// For HTTP: certificates are checked, nothing is followed, nothing else is spoken. http: is for
/// this machine alone, which the configuration has made sure of. `ca_file` may be empty.
void set_http_safety(CURL* curl, const std::string& url, const std::string& ca_file);

}  // namespace restante::fetch
