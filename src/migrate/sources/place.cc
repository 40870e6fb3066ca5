#include "migrate/sources/place.h"

#include "base/numbers.h"

namespace restante::migrate {
namespace {

constexpr std::uint16_t kPop3Port = 110;
constexpr std::uint16_t kPop3sPort = 995;

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// "alice@example.com@old.example:995", "[2001:db8::1]:995".
Result<Place> parse_host(std::string_view text, Place place) {
  const Error fault(Errc::kSyntax, "no host: " + std::string(text));
  if (text.ends_with('/')) text.remove_suffix(1);
  // The last "@": users' names have one themselves.
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos) {
    place.user = text.substr(0, at);
    text.remove_prefix(at + 1);
  }
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return fault;
    place.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    if (!port.empty() && !take_prefix(port, ":")) return fault;
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    place.host = text.substr(0, colon);
    port = text.substr(std::min(colon + 1, text.size()));
  }
  if (place.host.empty() || place.host.find('/') != std::string::npos) return fault;
  if (port.empty()) return place;
  const auto number = parse_decimal<std::uint16_t>(port);
  if (!number || *number == 0) return Error(Errc::kSyntax, "no port: " + std::string(port));
  place.port = *number;
  return place;
}

}  // namespace

std::size_t trusted_part(std::string_view path, std::size_t fixed) {
  while (path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.substr(0, fixed).rfind('/');
  return slash == std::string_view::npos ? 0 : slash + 1;
}

Result<Place> parse_place(const Filled& source) {
  Place place;
  std::string_view text = source.text;
  if (take_prefix(text, "pop3s://")) {
    place.kind = Place::Kind::kPop3;
    place.implicit_tls = true;
    place.port = kPop3sPort;
    return parse_host(text, std::move(place));
  }
  place.plain = take_prefix(text, "pop3+plain://");
  if (place.plain || take_prefix(text, "pop3://")) {
    place.kind = Place::Kind::kPop3;
    place.port = kPop3Port;
    return parse_host(text, std::move(place));
  }
  if (text.find("://") != std::string_view::npos)
    return Error(Errc::kSyntax, "unknown source: " + std::string(text) +
                                    " (known are maildir:PATH, mbox:PATH, doveadm:USER, "
                                    "pop3s://HOST, pop3://HOST, or a path)");
  if (take_prefix(text, "doveadm:")) {
    place.kind = Place::Kind::kDoveadm;
    place.user = text;
    return place;
  }
  if (take_prefix(text, "maildir:")) {
    place.kind = Place::Kind::kMaildir;
  } else if (take_prefix(text, "mbox:")) {
    place.kind = Place::Kind::kMbox;
  }
  if (text.empty()) return Error(Errc::kSyntax, "a source without a path");
  place.path = text;
  const std::size_t scheme = source.text.size() - text.size();
  place.trusted = trusted_part(text, source.fixed - std::min(source.fixed, scheme));
  return place;
}

bool is_template(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 2))
    if (!text.substr(at).starts_with("%%")) return true;
  return false;
}

Result<Filled> fill_in(std::string_view text, std::string_view account) {
  const std::size_t at = std::min(account.rfind('@'), account.size());
  const std::string_view domain = account.substr(std::min(at + 1, account.size()));
  std::string out;
  std::size_t fixed = std::string::npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const char letter = ++i < text.size() ? text[i] : '\0';
    if (letter == '%') {
      out += '%';
      continue;
    }
    if (letter != 'u' && letter != 'n' && letter != 'd')
      return Error(Errc::kSyntax, "unknown in a source: %" + std::string(1, letter) +
                                      " (known are %u, %n and %d)");
    const std::string_view part = letter == 'u'   ? account
                                  : letter == 'n' ? account.substr(0, at)
                                                  : domain;
    if (part.find('/') != std::string_view::npos || part == "." || part == ".." || part.empty())
      return Error(Errc::kSyntax, "%" + std::string(1, letter) + " of " + std::string(account) +
                                      " is no name of a folder");
    fixed = std::min(fixed, out.size());
    out += part;
  }
  fixed = std::min(fixed, out.size());
  return Filled{std::move(out), fixed};
}

}  // namespace restante::migrate
