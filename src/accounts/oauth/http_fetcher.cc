#include <curl/curl.h>

#include <cstdlib>
#include <cstring>
#include <mutex>

#include "accounts/oauth/fetcher.h"
#include "base/ascii.h"
#include "base/check.h"
#include "base/leftovers.h"

namespace restante::accounts::oauth {
namespace {

using Curl = std::unique_ptr<CURL, void (*)(CURL*)>;

struct Body {
  std::string text;
  std::size_t bytes_max = 0;
  bool too_long = false;
};

std::size_t take_piece(const char* data, std::size_t size, std::size_t count, void* target) {
  Body& body = *static_cast<Body*>(target);
  const std::size_t bytes = size * count;
  body.too_long = bytes > body.bytes_max - body.text.size();
  if (body.too_long) return 0;  // A short count makes libcurl end the transfer.
  body.text.append(data, bytes);
  return bytes;
}

/// Requests hold tokens, so memory is wiped when libcurl frees it.
void init_curl() {
  static const bool ready = curl_global_init_mem(CURL_GLOBAL_DEFAULT, std::malloc, wiping_free,
                                                 wiping_realloc, ::strdup, std::calloc) == CURLE_OK;
  RESTANTE_CHECK(ready);
}

class HttpFetcher : public Fetcher {
 public:
  explicit HttpFetcher(HttpSettings settings) : settings_(std::move(settings)) { init_curl(); }

  Result<std::string> fetch(const HttpRequest& request) override {
    const Curl curl(curl_easy_init(), curl_easy_cleanup);
    if (!curl) return Error(Errc::kIo, "no memory for a request to " + request.url);
    Body body;
    body.bytes_max = settings_.bytes_max;
    set_safety(curl.get(), request.url);
    set_request(curl.get(), request);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take_piece);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
    const CURLcode code = curl_easy_perform(curl.get());
    // libcurl copies a token through its stack as well.
    wipe_stack();
    if (body.too_long) return Error(Errc::kLimit, request.url + ": the answer is too long");
    if (code == CURLE_OPERATION_TIMEDOUT)
      return Error(Errc::kTimeout, request.url + ": no answer in time");
    if (code != CURLE_OK) return Error(Errc::kIo, request.url + ": " + curl_easy_strerror(code));
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    // A redirect, too: it would take the token to another place.
    if (status != 200)
      return Error(Errc::kIo, request.url + ": HTTP status " + std::to_string(status));
    return std::move(body.text);
  }

 private:
  void set_safety(CURL* curl, const std::string& url) const {
    // http to this very machine alone, for issuers behind a proxy here.
    const char* const schemes =
        starts_with_ignore_case(url, "http:") && is_issuer_url(url) ? "http" : "https";
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, schemes);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    // A proxy of the environment would see what is inside.
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    // libcurl's own timeouts would send signals, which threads share.
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    if (!settings_.ca_file.empty()) {
      curl_easy_setopt(curl, CURLOPT_CAINFO, settings_.ca_file.c_str());
      curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
    }
    const long timeout = static_cast<long>(settings_.timeout.count());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout);
    // The name look-up and the handshake are in it, and each may hang.
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout);
  }

  static void set_request(CURL* curl, const HttpRequest& request) {
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "restante/" RESTANTE_VERSION);
    if (!request.form.empty()) {
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request.form.size()));
      curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.form.c_str());
    }
    if (request.user.empty()) return;
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl_easy_setopt(curl, CURLOPT_USERNAME, request.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, request.password.c_str());
  }

  const HttpSettings settings_;
};

bool is_unreserved(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

std::unique_ptr<Fetcher> make_http_fetcher(HttpSettings settings) {
  return std::make_unique<HttpFetcher>(std::move(settings));
}

bool is_issuer_url(const std::string& url) {
  init_curl();
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parts(curl_url(), curl_url_cleanup);
  if (!parts || curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return false;
  const auto part = [&parts](CURLUPart which) -> std::string {
    char* text = nullptr;
    if (curl_url_get(parts.get(), which, &text, 0) != CURLUE_OK) return {};
    std::string out(text);
    curl_free(text);
    return out;
  };
  // A user in a URL would stand in every log line; a fragment is never sent.
  if (!part(CURLUPART_USER).empty() || !part(CURLUPART_FRAGMENT).empty()) return false;
  const std::string host = part(CURLUPART_HOST);
  const bool here = host == "127.0.0.1" || host == "[::1]" || host == "localhost";
  const std::string scheme = part(CURLUPART_SCHEME);
  return !host.empty() && (scheme == "https" || (scheme == "http" && here));
}

std::string form_escaped(std::string_view value) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(3 * value.size());  // Reserved, so that it is never moved: it may be a token, and a
                                  // move leaves a copy behind.
  for (const char c : value) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

}  // namespace restante::accounts::oauth
