// Where keys and introspection answers come from: an interface, so that what is done with them can
// be tested without a network, and the two kinds there are.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"

namespace restante::accounts::oauth {

struct HttpRequest {
  std::string url;
  std::string form;  ///< Empty: GET; otherwise POST application/x-www-form-urlencoded.
  std::string user;  ///< For Basic authentication; empty: none.
  std::string password;
};

/// Callable from any thread.
class Fetcher {
 public:
  virtual ~Fetcher() = default;
  /// The body of a 200 answer. Blocks, no longer than its settings say. Errors: kIo, kTimeout,
  /// kLimit; the detail names the address and what happened, never what was sent.
  virtual Result<std::string> fetch(const HttpRequest& request) = 0;
};

struct HttpSettings {
  std::filesystem::path ca_file;  ///< PEM, instead of the machine's; empty: the machine's.
  std::chrono::milliseconds timeout{5000};
  std::size_t bytes_max = 256U << 10;
};

/// libcurl: https with the certificate checked (http only to this machine), no redirects, no
/// proxies, no cookies.
std::unique_ptr<Fetcher> make_http_fetcher(HttpSettings settings);

/// Whether the address may be asked: https, or http to 127.0.0.1, [::1] or localhost; no user in
/// it, and no fragment.
bool is_issuer_url(const std::string& url);

/// application/x-www-form-urlencoded of one value.
std::string form_escaped(std::string_view value);

}  // namespace restante::accounts::oauth
