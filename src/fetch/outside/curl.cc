#include "fetch/outside/curl.h"

#include "base/ascii.h"
#include "fetch/outside/curl_loaded.h"

namespace restante::fetch {

Result<Curl> new_curl() {
  if (!curl_failure().empty())
    return Error(Errc::kIo, "libcurl is needed for this and cannot be loaded: " + curl_failure());
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  Curl curl(ready ? curl_easy_init() : nullptr, curl_easy_cleanup);
  if (!curl) return Error(Errc::kIo, "libcurl cannot be used: no memory");
  return curl;
}

void set_http_safety(CURL* curl, const std::string& url, const std::string& ca_file) {
  // profile lets plain HTTP through for addresses of this machine alone.
  const bool here = starts_with_ignore_case(url, "http:");
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, here ? "http" : "https");
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
  // A redirection would take the token to a host that no one has configured.
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "restante/" RESTANTE_VERSION);
  if (ca_file.empty()) return;
  curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file.c_str());
  curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
}

}  // namespace restante::fetch
