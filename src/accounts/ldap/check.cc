#include "accounts/ldap/check.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "accounts/ldap/entry_filter.h"
#include "accounts/ldap/entry_names.h"
#include "accounts/ldap/filter.h"
#include "accounts/ldap/filter_grammar.h"
#include "accounts/ldap/link.h"
#include "base/ascii.h"
#include "base/secret_string.h"
#include "files/errors.h"

namespace restante::accounts::ldap {
namespace {

struct PasswordFile {
  PasswordFile() = default;
  ~PasswordFile() { wipe(password); }
  PasswordFile(const PasswordFile&) = delete;
  PasswordFile& operator=(const PasswordFile&) = delete;
  PasswordFile(PasswordFile&&) = default;
  PasswordFile& operator=(PasswordFile&&) = default;

  std::string password;
  std::string trouble;     ///< Empty: it was read.
  bool forbidden = false;  ///< The checking user may not read it. The server may run as another
                           ///< user.
};

PasswordFile read(const std::filesystem::path& path) {
  PasswordFile out;
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  out.forbidden = !file && errno == EACCES;
  if (!file)
    out.trouble = "cannot read " + path.string() + ": " + files::reason_of(errno);
  else
    std::getline(file, out.password);
  // A file that was written on Windows.
  if (out.password.ends_with('\r')) out.password.pop_back();
  if (out.trouble.empty() && out.password.empty())
    out.trouble = path.string() + " has nothing in its first line";
  return out;
}

Status check_whole(const std::string& filter) {
  RESTANTE_CHECKED(check_filter(filter));
  return check_filter_grammar(filter);
}

void check_mark(const std::string& key, const std::string& filter, KeyFaults& out) {
  if (filter.empty()) return;
  if (const auto parsed = EntryFilter::parse(filter); !parsed)
    out.emplace_back(key, parsed.error().detail);
}

bool has(const std::string& text, std::string_view words) {
  const auto same = [](char a, char b) { return to_lower(a) == to_lower(b); };
  return std::search(text.begin(), text.end(), words.begin(), words.end(), same) != text.end();
}

/// The key that an operator should look at, by the words of the library or the server.
std::string key_of_connecting(const Settings& settings, const std::string& why) {
  const bool by_certificate = has(why, "certificate") || has(why, "TLS cannot be set up");
  // Without a file of its own the authorities are the system's, and the URI is what can be changed.
  return by_certificate && !settings.ca_file.empty() ? "ca_file" : "uri";
}

std::string key_of_search(const std::string& why, const std::string& filter_key) {
  if (has(why, "no such object") || has(why, "invalid DN")) return "base";
  for (const std::string_view words : {"insufficient access", "operations error", "authentication"})
    if (has(why, words)) return "bind_dn";
  return filter_key;
}

/// The template with "*" for the name; empty: its matching rule takes no "*".
std::string for_anybody(std::string_view filter) {
  constexpr std::array<std::string_view, 3> kPlaces = {"{name}", "{local}", "{domain}"};
  std::string out;
  while (!filter.empty()) {
    const auto place = std::find_if(kPlaces.begin(), kPlaces.end(),
                                    [filter](std::string_view p) { return filter.starts_with(p); });
    if (place == kPlaces.end()) {
      out += filter.front();
      filter.remove_prefix(1);
      continue;
    }
    // A matching rule compares whole values.
    if (out.find(":=", out.rfind('(')) != std::string::npos) return {};
    // "{local}@{domain}" is one name: two asterisks would find the same.
    if (!out.ends_with('*')) out += '*';
    filter.remove_prefix(place->size());
  }
  return out;
}

/// One server, asked step by step; the first fault ends it.
class Asking {
 public:
  Asking(const Settings& settings, KeyFaults& out) : settings_(settings), out_(out) {}

  void run() {
    auto opened = Link::open(settings_, settings_.uri, settings_.timeout);
    if (!opened) return wrong(key_of_connecting(settings_, opened.error().detail), opened.error());
    link_ = std::move(*opened);
    if (!settings_.bind_dn.empty() && !bind()) return;
    // An empty answer is a good one: only a fault of the question is looked for.
    if (!find_nobody("filter", settings_.filter, account_attributes()) || !find_anybody()) return;
    if (!settings_.alias_filter.empty())
      find_nobody("alias_filter", settings_.alias_filter, {settings_.alias_attribute});
  }

 private:
  bool bind() {
    const PasswordFile file = read(settings_.bind_password_file);
    if (!file.trouble.empty()) {
      out_.emplace_back("bind_password_file", file.trouble);
      return false;
    }
    const Status bound = link_->bind(settings_.bind_dn, file.password, settings_.timeout);
    if (bound) return true;
    const bool refused = bound.error().code == Errc::kAuth;
    if (refused)
      out_.emplace_back("bind_dn", settings_.uri + ": " + bound.error().detail +
                                       ": the name, or the password in bind_password_file, is "
                                       "not right");
    else
      wrong(key_of_connecting(settings_, bound.error().detail), bound.error());
    return false;
  }

  [[nodiscard]] std::vector<std::string> account_attributes() const {
    std::vector<std::string> out = settings_.name_attributes;
    add_attribute(out, settings_.maildrop_attribute);
    if (settings_.password_by == PasswordBy::kSecret)
      add_attribute(out, settings_.secret_attribute);
    return out;
  }

  Result<std::vector<Entry>> search(const std::string& filter,
                                    std::vector<std::string> attributes) {
    SearchRequest request;
    request.base = settings_.base;
    request.filter = filter;
    request.attributes = std::move(attributes);
    // One entry proves it.
    request.entries_max = 1;
    return link_->search(request, settings_.timeout);
  }

  bool find_nobody(const std::string& key, const std::string& filter,
                   std::vector<std::string> attributes) {
    const std::string& domain = settings_.names.default_domain;
    const std::string name =
        // ".invalid" is no one's.
        std::string(kNobodysName) + "@" + (domain.empty() ? "invalid" : domain);
    const auto found = search(fill_filter(filter, name), std::move(attributes));
    if (found) return true;
    const std::string& why = found.error().detail;
    // Without a bind this is the first request that the server gets.
    wrong(link_->broken() ? key_of_connecting(settings_, why) : key_of_search(why, key),
          found.error());
    return false;
  }

  /// A misspelt attribute finds no entry, and no server calls that a mistake.
  bool find_anybody() {
    const std::string filter = for_anybody(settings_.filter);
    if (filter.empty()) return true;
    const auto found = search(filter, account_attributes());
    if (!found) return true;  // The server does not search for all entries, which is no fault.
    const std::string reader =
        settings_.bind_dn.empty() ? "without bind_dn" : "to " + settings_.bind_dn;
    if (found->empty()) {
      out_.emplace_back("filter", settings_.uri + ": there is nobody below " + settings_.base +
                                      " whom " + filter + " finds, or none is shown " + reader);
      return false;
    }
    const Entry& entry = found->front();
    const auto& names = settings_.name_attributes;
    const auto is_empty = [&entry](const std::string& a) { return entry.values_of(a).empty(); };
    if (std::all_of(names.begin(), names.end(), is_empty))
      lacks("name_attribute", entry, names.front(), reader);
    if (!settings_.maildrop_attribute.empty() && is_empty(settings_.maildrop_attribute))
      lacks("maildrop_attribute", entry, settings_.maildrop_attribute, reader);
    else if (!settings_.maildrop_attribute.empty())
      check_maildrop_of(entry);
    if (settings_.password_by == PasswordBy::kSecret && is_empty(settings_.secret_attribute))
      lacks("secret_attribute", entry, settings_.secret_attribute, reader);
    return true;
  }

  /// A user's name, too, names a maildrop only where a domain completes it.
  void check_maildrop_of(const Entry& entry) {
    const auto value = maildrop_value(entry, settings_);
    if (!value) return;  // Several values are this entry's own fault.
    const auto name = maildrop_name(entry, *value, settings_);
    if (!name) wrong("maildrop_attribute", name.error());
  }

  void lacks(const std::string& key, const Entry& entry, const std::string& attribute,
             const std::string& reader) {
    out_.emplace_back(key, settings_.uri + ": " + entry.dn + " has no " + attribute +
                               ", or it is not shown " + reader);
  }

  void wrong(const std::string& key, const Error& error) {
    const bool named = error.detail.starts_with(settings_.uri);
    out_.emplace_back(key, named ? error.detail : settings_.uri + ": " + error.detail);
  }

  const Settings& settings_;
  KeyFaults& out_;
  std::unique_ptr<Link> link_;
};

}  // namespace

KeyFaults check_settings(const Settings& settings) {
  KeyFaults out;
  if (const Status checked = check_whole(settings.filter); !checked)
    out.emplace_back("filter", checked.error().detail);
  check_mark("disabled_filter", settings.disabled_filter, out);
  check_mark("no_login_filter", settings.no_login_filter, out);
  if (!settings.alias_filter.empty())
    if (const Status checked = check_whole(settings.alias_filter); !checked)
      out.emplace_back("alias_filter", checked.error().detail);
  if (settings.bind_dn.empty()) return out;
  const PasswordFile file = read(settings.bind_password_file);
  if (!file.trouble.empty() && !file.forbidden)
    out.emplace_back("bind_password_file", file.trouble);
  return out;
}

KeyFaults ask(const Settings& settings) {
  KeyFaults out;
  std::string_view rest = settings.uri;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    Settings alone = settings;
    alone.uri = rest.substr(0, end);
    if (!alone.uri.empty()) Asking(alone, out).run();
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

}  // namespace restante::accounts::ldap
