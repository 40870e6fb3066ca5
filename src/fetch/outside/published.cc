#include "fetch/outside/published.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/limits.h"
#include "fetch/outside/curl.h"

namespace restante::fetch {
namespace {

constexpr std::size_t kPageBytesMax = 64U << 10;
constexpr long kPageTimeoutSeconds = 8;
constexpr long kFound = 200;

struct Page {
  const net::StopSignal& stop;
  std::string body;
  bool too_long = false;
};

std::size_t take_page_piece(const char* data, std::size_t size, std::size_t count, void* target) {
  Page& page = *static_cast<Page*>(target);
  page.too_long = size * count > kPageBytesMax - page.body.size();
  if (page.too_long) return 0;  // Ends the transfer.
  page.body.append(data, size * count);
  return size * count;
}

int page_goes_on(void* target, curl_off_t /*total*/, curl_off_t /*now*/, curl_off_t /*upload*/,
                 curl_off_t /*uploaded*/) {
  return static_cast<Page*>(target)->stop.raised() ? 1 : 0;
}

bool is_nobody_there(CURLcode code) {
  return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT;
}

/// One that can stand in a URL as it is.
bool is_plain_domain(std::string_view domain) {
  const auto fits = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.'; };
  return !domain.empty() && domain.size() <= limits::kDomainBytesMax && domain.front() != '.' &&
         domain.front() != '-' && std::ranges::all_of(domain, fits);
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

Result<std::string> get_page(const std::string& url, const std::string& ca_file,
                             const net::StopSignal& stop) {
  RESTANTE_TRY(const Curl curl, new_curl());
  Page page{stop, {}, false};
  set_http_safety(curl.get(), url, ca_file);
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, kPageTimeoutSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take_page_piece);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &page);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, page_goes_on);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &page);
  curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
  const CURLcode code = curl_easy_perform(curl.get());
  if (stop.raised()) return Error(Errc::kState, "interrupted");
  if (page.too_long) return Error(Errc::kLimit, "the answer is too long");
  if (is_nobody_there(code)) return Error(Errc::kNotFound, curl_easy_strerror(code));
  if (code == CURLE_OPERATION_TIMEDOUT) return Error(Errc::kTimeout, "no answer in time");
  if (code != CURLE_OK) return Error(Errc::kIo, curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != kFound) return Error(Errc::kNotFound, fmt::format("HTTP status {}", status));
  return std::move(page.body);
}

Published published_servers(const std::string& address, const GetPage& get_page) {
  Published out;
  const std::string domain = to_lower(address.substr(address.rfind('@') + 1));
  // The address is typed or imported: a "/" or "@" in it would make another host of the URL.
  if (!is_plain_domain(domain)) return out;
  const std::string urls[] = {
      fmt::format("https://autoconfig.{}/mail/config-v1.1.xml?emailaddress={}", domain,
                  percent_encoded(address)),
      fmt::format("https://{}/.well-known/autoconfig/mail/config-v1.1.xml", domain)};
  for (const std::string& url : urls) {
    // Without the user's address: this line goes into logs and bug reports.
    const std::string shown = url.substr(0, url.find('?'));
    const auto page = get_page(url);
    if (!page && page.error().code == Errc::kState) return out;
    // Most domains publish nothing: that is no trouble to report.
    if (!page && page.error().code == Errc::kNotFound) continue;
    auto servers = page ? autoconfig::read_thunderbird_config(*page, address)
                        : Result<std::vector<autoconfig::FoundServer>>(page.error());
    if (servers && !servers->empty()) {
      out.url = shown;
      out.servers = std::move(*servers);
      return out;
    }
    out.troubles.push_back(fmt::format(
        "{}: {}", shown, servers ? "it names no POP3 server with TLS" : servers.error().detail));
  }
  return out;
}

}  // namespace restante::fetch
