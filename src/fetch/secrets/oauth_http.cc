#include "fetch/secrets/oauth_http.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <charconv>
#include <memory>

#include "base/ascii.h"
#include "base/secret_string.h"
#include "fetch/outside/curl.h"

namespace restante::fetch {
namespace {

namespace json = boost::json;

constexpr std::size_t kAnswerMax = 256U << 10;
// A person may be waiting at the terminal.
constexpr long kTimeoutSeconds = 30;

struct Transfer {
  const net::StopSignal& stop;
  std::string body;
  bool too_long = false;

  // On every way out: the answer has the tokens in it.
  ~Transfer() { wipe(body); }
};

std::size_t take_piece(const char* data, std::size_t size, std::size_t count, void* target) {
  Transfer& transfer = *static_cast<Transfer*>(target);
  transfer.too_long = size * count > kAnswerMax - transfer.body.size();
  if (transfer.too_long) return 0;  // Ends the transfer.
  append_secret(transfer.body, std::string_view(data, size * count));
  return size * count;
}

int keep_going(void* target, curl_off_t /*total*/, curl_off_t /*now*/, curl_off_t /*upload*/,
               curl_off_t /*uploaded*/) {
  return static_cast<Transfer*>(target)->stop.raised() ? 1 : 0;
}

void set_transfer(CURL* curl, const std::string& body, Transfer& transfer) {
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kTimeoutSeconds);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_piece);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, keep_going);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

Result<HttpAnswer> judge(CURL* curl, CURLcode code, const std::string& url,
                         const Transfer& transfer) {
  if (transfer.stop.raised()) return Error(Errc::kState, "interrupted");
  // By our own mark: libcurl only knows that the writing was refused.
  if (transfer.too_long) return Error(Errc::kLimit, url + ": the answer is too long");
  if (code == CURLE_OPERATION_TIMEDOUT) return Error(Errc::kTimeout, url + ": no answer in time");
  if (code != CURLE_OK) return Error(Errc::kIo, url + ": " + curl_easy_strerror(code));
  HttpAnswer answer;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  // The reason of a refusal comes as JSON with 400 (RFC 6749 s.5): it is an answer, and not a fault
  // of the network.
  const bool explained = answer.status >= 400 && answer.status < 500;
  boost::system::error_code failed;
  json::value value = json::parse(transfer.body, failed);
  const bool object = !failed && value.is_object();
  if (answer.status != 200 && !(explained && object))
    return Error(Errc::kIo, fmt::format("{}: HTTP status {}", url, answer.status));
  if (!object) return Error(Errc::kSyntax, url + ": the answer is no JSON object");
  answer.body = std::move(value.get_object());
  return answer;
}

void append_escaped(std::string& out, std::string_view value) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : value) {
    const bool plain = is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
    // Escaped by hand: libcurl's own would leave a copy of the token behind.
    const auto byte = static_cast<unsigned char>(c);
    const char escaped[] = {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    append_secret(out, plain ? std::string_view(&c, 1) : std::string_view(escaped, 3));
  }
}

}  // namespace

std::string encode_form(const Form& form) {
  std::string out;
  for (const auto& [name, value] : form) {
    if (!out.empty()) append_secret(out, "&");
    append_escaped(out, name);
    append_secret(out, "=");
    append_escaped(out, value);
  }
  return out;
}

Result<HttpAnswer> post_form(const profile::Issuer& issuer, const std::string& url,
                             const Form& form, const net::StopSignal& stop) {
  RESTANTE_TRY(const Curl curl, new_curl());
  Transfer transfer{stop, {}, false};
  std::string body = encode_form(form);
  set_http_safety(curl.get(), url, issuer.ca_file);
  set_transfer(curl.get(), body, transfer);
  const CURLcode code = curl_easy_perform(curl.get());
  wipe(body);
  return judge(curl.get(), code, url, transfer);
}

std::string_view text_of(const json::object& object, std::string_view name) {
  const json::value* const member = object.if_contains(name);
  const json::string* const text = member == nullptr ? nullptr : member->if_string();
  return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

std::int64_t number_of(const json::object& object, std::string_view name, std::int64_t otherwise) {
  const json::value* const member = object.if_contains(name);
  if (member == nullptr) return otherwise;
  std::int64_t number = -1;
  // Some issuers write "3600", as text.
  if (const std::int64_t* const whole = member->if_int64()) {
    number = *whole;
  } else if (const json::string* const text = member->if_string()) {
    const auto [stop, failure] = std::from_chars(text->begin(), text->end(), number);
    if (failure != std::errc{} || stop != text->end()) return otherwise;
  }
  return number < 0 ? otherwise : number;
}

}  // namespace restante::fetch
