#include "server/control/request.h"

#include <boost/json/serialize.hpp>

#include "accounts/oauth/strict_json.h"
#include "base/ascii.h"
#include "base/limits.h"

namespace restante::control {
namespace {

namespace json = boost::json;

constexpr std::size_t kWordBytesMax = 64;

/// Which keys a verb may have beside "do" and "as".
struct Form {
  std::string_view name;
  Verb verb;
  std::string_view words;  ///< For people.
  bool account = false;
  bool id = false;
  bool level = false;
  bool limit = false;
};

constexpr std::array<Form, 7> kForms = {{
    {"status", Verb::kStatus, "status"},
    {"top", Verb::kTop, "top", false, false, false, true},
    {"session-list", Verb::kSessionList, "session list", true, false, false, true},
    {"session-end", Verb::kSessionEnd, "session end", true, true},
    {"who", Verb::kWho, "who", true},
    {"reload", Verb::kReload, "reload"},
    {"log-level", Verb::kLogLevel, "log level", false, false, true},
}};

const Form& form_of(Verb verb) {
  return *std::find_if(kForms.begin(), kForms.end(),
                       [verb](const Form& form) { return form.verb == verb; });
}

/// A key that is a text, and where it goes.
struct TextKey {
  std::string_view name;
  std::string Request::*member;
  std::size_t bytes_max;
  bool Form::*allowed;  ///< Null: with every verb.
};

constexpr std::array<TextKey, 4> kTextKeys = {{
    {"account", &Request::account, limits::kUserNameBytesMax, &Form::account},
    {"id", &Request::id, kWordBytesMax, &Form::id},
    {"level", &Request::level, kWordBytesMax, &Form::level},
    {"as", &Request::as, kWordBytesMax, nullptr},
}};

Error wrong(std::string_view key, std::string_view what) {
  return Error(Errc::kSyntax, fmt::format("request: {} {}", key, what));
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return is_control(c); });
}

Status put_text(const json::value& value, const TextKey& key, Request& request) {
  if (!value.is_string()) return wrong(key.name, "is no text");
  const std::string_view text(value.get_string().data(), value.get_string().size());
  if (text.empty() || has_control(text)) return wrong(key.name, "is empty, or no plain text");
  if (text.size() > key.bytes_max)
    return Error(Errc::kLimit, fmt::format("{} is too long", key.name));
  request.*key.member = text;
  return ok();
}

Status put(std::string_view name, const json::value& value, const Form& form, Request& request) {
  if (name == "limit" && form.limit) {
    if (!value.is_int64() || value.get_int64() < 1 ||
        value.get_int64() > static_cast<std::int64_t>(kSessionsMax))
      return wrong(name, fmt::format("is no number from 1 to {}", kSessionsMax));
    request.limit = static_cast<std::uint64_t>(value.get_int64());
    return ok();
  }
  for (const TextKey& key : kTextKeys)
    if (key.name == name && (key.allowed == nullptr || form.*key.allowed))
      return put_text(value, key, request);
  return wrong("a key", "does not go with it");
}

/// What takes more than one key to judge.
Status check(const Request& request) {
  const bool has_account = !request.account.empty();
  if (request.verb == Verb::kSessionEnd && has_account == !request.id.empty())
    return wrong("either id or account", "is needed");
  if (request.verb == Verb::kWho && !has_account) return wrong("account", "is needed");
  if (!request.level.empty() &&
      std::find(kLevels.begin(), kLevels.end(), request.level) == kLevels.end())
    return wrong("level", fmt::format("is none of {}", fmt::join(kLevels, ", ")));
  return ok();
}

}  // namespace

std::string Request::to_words() const {
  std::string out(form_of(verb).words);
  if (!id.empty()) out += " " + id;
  if (!account.empty()) out += " --account " + account;
  if (!level.empty()) out += " " + level;
  return out;
}

Result<Request> parse_request(std::string_view line) {
  RESTANTE_TRY(const json::object object, accounts::oauth::parse_object(line, kRequestBytesMax));
  const auto name = accounts::oauth::text_of(object, "do");
  if (!name) return wrong("do", "is needed");
  const auto* const form = std::find_if(kForms.begin(), kForms.end(),
                                        [&](const Form& each) { return each.name == *name; });
  if (form == kForms.end()) return wrong("do", "is nothing that this server knows");
  Request request;
  request.verb = form->verb;
  for (const auto& [key, value] : object) {
    const std::string_view key_name(key.data(), key.size());
    if (key_name != "do") RESTANTE_CHECKED(put(key_name, value, *form, request));
  }
  RESTANTE_CHECKED(check(request));
  return request;
}

std::string to_line(const Request& request) {
  const Form& form = form_of(request.verb);
  json::object object;
  object["do"] = form.name;
  for (const TextKey& key : kTextKeys)
    if (!(request.*key.member).empty()) object[key.name] = request.*key.member;
  if (form.limit && request.limit != kSessionsMax) object["limit"] = request.limit;
  return json::serialize(object) + "\n";
}

Result<bool> RequestReader::put(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  const std::string_view piece = bytes.substr(0, end);
  if (line_.size() + piece.size() >= kRequestBytesMax)
    return Error(Errc::kLimit, "request: is too long");
  line_ += piece;
  if (end == std::string_view::npos) return false;
  if (end + 1 != bytes.size()) return wrong("one line", "is all that a connection may bring");
  return true;
}

}  // namespace restante::control
