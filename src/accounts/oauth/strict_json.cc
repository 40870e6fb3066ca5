#include "accounts/oauth/strict_json.h"

#include <sodium.h>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <set>

namespace restante::accounts::oauth {
namespace {

// No token and no key set is deeper; recursion over a stranger's text has to end.
constexpr std::size_t kDepthMax = 8;

/// Hears the events of a text and stops at the second use of a name in one object.
class NamesOnce {
 public:
  using Code = json::error_code;
  static constexpr std::size_t max_object_size = 1000;
  // An issuer's answer is short; what is longer is to keep us busy.
  static constexpr std::size_t max_array_size = 1000;
  static constexpr std::size_t max_key_size = 1000;
  static constexpr std::size_t max_string_size = 1U << 20;

  bool on_object_begin(Code&) {
    open_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, Code&) {
    open_.pop_back();
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, Code&) {
    name_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, Code& failure) {
    name_.append(part.data(), part.size());
    // Twice the same name: one program reads the first, another the last, and they disagree on the
    // token.
    const bool is_new = open_.back().insert(std::move(name_)).second;
    name_.clear();
    if (!is_new) failure = make_error_code(boost::system::errc::invalid_argument);
    return is_new;
  }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t, Code&) { return true; }
  bool on_string_part(json::string_view, std::size_t, Code&) { return true; }
  bool on_string(json::string_view, std::size_t, Code&) { return true; }
  bool on_number_part(json::string_view, Code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, Code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, Code&) { return true; }
  bool on_double(double, json::string_view, Code&) { return true; }
  bool on_bool(bool, Code&) { return true; }
  bool on_null(Code&) { return true; }
  bool on_comment_part(json::string_view, Code&) { return true; }
  bool on_comment(json::string_view, Code&) { return true; }

 private:
  std::vector<std::set<std::string>> open_;
  std::string name_;
};

json::parse_options strict() {
  json::parse_options options;
  options.max_depth = kDepthMax;
  return options;
}

}  // namespace

Result<json::object> parse_object(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) return Error(Errc::kLimit, "JSON text is too long");
  // Twice, since the library's own tree has lost the first of two names.
  json::basic_parser<NamesOnce> names(strict());
  json::error_code failure;
  const std::size_t used = names.write_some(false, text.data(), text.size(), failure);
  if (failure || used != text.size())
    return Error(Errc::kSyntax, "not JSON, or a name twice in one object");
  json::value value = json::parse(json::string_view(text.data(), text.size()), failure,
                                  json::storage_ptr(), strict());
  if (failure || !value.is_object()) return Error(Errc::kSyntax, "not a JSON object");
  return std::move(value.get_object());
}

std::optional<std::string_view> text_of(const json::object& object, std::string_view name) {
  const json::value* const found = object.if_contains(json::string_view(name.data(), name.size()));
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return std::string_view(found->get_string().data(), found->get_string().size());
}

Result<std::string> decode_base64url(std::string_view text) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  std::size_t length = 0;
  const int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                                       text.data(), text.size(), nullptr, &length, nullptr,
                                       sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  if (failed != 0) return Error(Errc::kSyntax, "not base64url");
  out.resize(length);
  return out;
}

}  // namespace restante::accounts::oauth
