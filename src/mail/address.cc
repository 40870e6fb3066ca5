#include "mail/address.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/limits.h"
#include "mail/untidy_path.h"

namespace restante::mail {
namespace {

constexpr std::size_t kLabelBytesMax = 63;  // RFC 1035 s.2.3.4.

bool is_atext(char c) {
  constexpr std::string_view kSpecials = "!#$%&'*+-/=?^_`{|}~";  // RFC 5322 s.3.2.3.
  return is_alpha(c) || is_digit(c) || !is_ascii(c) || kSpecials.find(c) != std::string_view::npos;
}

bool is_dot_string(std::string_view text) {
  bool after_dot = true;
  for (const char c : text) {
    if (c == '.' ? after_dot : !is_atext(c)) return false;
    after_dot = (c == '.');
  }
  return !after_dot;
}

bool is_label(std::string_view label) {
  const auto in_label = [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || !is_ascii(c);
  };
  // A U-label may have more octets than the A-label that the limit is for (RFC 5890 s.2.3.2.1).
  const bool fits =
      label.size() <= kLabelBytesMax || !std::all_of(label.begin(), label.end(), is_ascii);
  return !label.empty() && fits && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), in_label);
}

bool is_domain_name(std::string_view text) {
  if (text.empty() || text.size() > limits::kDomainBytesMax || !is_utf8(text)) return false;
  for (;;) {
    const auto dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_ip_address(int family, std::string_view text) {
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return false;
  in6_addr address{};  // Large enough for both families.
  return ::inet_pton(family, terminated.c_str(), &address) == 1;
}

bool is_literal(std::string_view text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return false;
  text = text.substr(1, text.size() - 2);
  constexpr std::string_view kIpv6Tag = "IPv6:";
  if (!starts_with_ignore_case(text, kIpv6Tag)) return is_ip_address(AF_INET, text);
  return is_ip_address(AF_INET6, text.substr(kIpv6Tag.size()));
}

// Reads a quoted string at the start of `text` and returns its length, quotes included; 0 when it
// is not one. RFC 5321 s.4.1.2: no control characters, not even quoted ones.
std::size_t read_quoted(std::string_view text, std::string& local) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\' && ++at == text.size()) return 0;
    if (is_control(text[at])) return 0;
    local += text[at];
  }
  return 0;
}

// Reads the local part and returns its length in wire form; 0 when there is none.
std::size_t read_local(std::string_view text, std::string& local) {
  if (!text.empty() && text.front() == '"') return read_quoted(text, local);
  const auto end = std::min(text.find_first_of("@>"), text.size());
  local = text.substr(0, end);
  return is_dot_string(local) ? end : 0;
}

// Reads "local[@domain]" at the start of `text`, up to ">" or its end, and returns its length.
Result<std::size_t> read_mailbox(std::string_view text, Mailbox& mailbox) {
  std::size_t at = read_local(text, mailbox.local);
  if (at == 0 || mailbox.local.empty() || !is_utf8(mailbox.local))
    return Error(Errc::kSyntax, "local part");
  if (at < text.size() && text[at] == '@') {
    const auto end = std::min(text.find('>', at), text.size());
    mailbox.domain = text.substr(at + 1, end - at - 1);
    if (mailbox.domain.size() > limits::kDomainBytesMax) return Error(Errc::kLimit, "domain");
    if (!is_domain(mailbox.domain)) return Error(Errc::kSyntax, "domain");
    at = end;
  }
  const auto high = [](char c) { return !is_ascii(c); };
  mailbox.non_ascii = std::any_of(mailbox.local.begin(), mailbox.local.end(), high) ||
                      std::any_of(mailbox.domain.begin(), mailbox.domain.end(), high);
  return at;
}

// The length of a source route "@a,@b:" at the start of `text`, 0 when there is none. It is
// obsolete and ignored (RFC 5321 s.4.1.1.3, appendix C), but it must be one.
Result<std::size_t> read_source_route(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && text[at] == '@') {
    const auto end = text.find_first_of(",:>", at);
    if (end == std::string_view::npos || !is_domain_name(text.substr(at + 1, end - at - 1)))
      return Error(Errc::kSyntax, "source route");
    if (text[end] == ':') return end + 1;
    at = end + 1;
  }
  if (at != 0) return Error(Errc::kSyntax, "source route");
  return at;
}

Result<Mailbox> take_path(std::string_view& text) {
  if (text.empty() || text.front() != '<') return Error(Errc::kSyntax, "no <");
  RESTANTE_TRY(const std::size_t route, read_source_route(text.substr(1)));
  Mailbox mailbox;
  RESTANTE_TRY(const std::size_t length, read_mailbox(text.substr(1 + route), mailbox));
  const std::size_t end = 1 + route + length;
  if (end >= text.size() || text[end] != '>') return Error(Errc::kSyntax, "no >");
  text.remove_prefix(end + 1);
  return mailbox;
}

// Only a blank may follow a path.
bool path_has_ended(std::string_view rest) {
  return rest.empty() || rest.front() == ' ' || rest.front() == '\t';
}

// A path by the grammar that is_complete() lets pass; otherwise `text` is unchanged.
template <typename IsComplete>
Result<Mailbox> take_tidy_path(std::string_view& text, IsComplete is_complete) {
  std::string_view rest = text;
  RESTANTE_TRY(Mailbox mailbox, take_path(rest));
  if (!path_has_ended(rest)) return Error(Errc::kSyntax, "no blank behind >");
  if (!is_complete(mailbox)) return Error(Errc::kSyntax, "no domain");
  text = rest;
  return mailbox;
}

}  // namespace

std::string Mailbox::plain() const { return domain.empty() ? local : local + '@' + domain; }

bool is_domain(std::string_view text) { return is_domain_name(text) || is_literal(text); }

Result<Mailbox> parse_mailbox(std::string_view text) {
  Mailbox mailbox;
  RESTANTE_TRY(const std::size_t length, read_mailbox(text, mailbox));
  if (length != text.size() || mailbox.domain.empty()) return Error(Errc::kSyntax, "mailbox");
  return mailbox;
}

Result<Mailbox> take_forward_path(std::string_view& text, Grammar grammar) {
  const auto is_complete = [](const Mailbox& mailbox) {
    return !mailbox.domain.empty() || equals_ignore_case(mailbox.local, "postmaster");
  };
  if (auto tidy = take_tidy_path(text, is_complete); tidy || grammar == Grammar::kStrict)
    return tidy;
  std::string_view rest = text;
  RESTANTE_TRY(Mailbox mailbox, take_untidy_path(rest));
  std::string& domain = mailbox.domain;
  if (domain.ends_with('.')) domain.pop_back();
  if (mailbox.local.empty()) return Error(Errc::kSyntax, "no recipient");
  if (!domain.empty() && !is_domain(domain)) return Error(Errc::kSyntax, "domain");
  text = rest;
  return mailbox;
}

Result<Mailbox> take_reverse_path(std::string_view& text, Grammar grammar) {
  if (text.starts_with("<>") && path_has_ended(text.substr(2))) {
    text.remove_prefix(2);
    return Mailbox{};
  }
  const auto is_complete = [](const Mailbox& mailbox) { return !mailbox.domain.empty(); };
  auto tidy = take_tidy_path(text, is_complete);
  return tidy || grammar == Grammar::kStrict ? tidy : take_untidy_path(text);
}

SplitAddress split_address(std::string_view plain) {
  const auto at = plain.rfind('@');
  if (at == std::string_view::npos) return {plain, {}};
  return {plain.substr(0, at), plain.substr(at + 1)};
}

std::string to_wire(std::string_view plain) {
  const auto [local, domain] = split_address(plain);
  std::string wire;
  if (is_dot_string(local)) {
    wire = local;
  } else {
    wire = '"';
    for (const char c : local) {
      if (c == '"' || c == '\\') wire += '\\';
      wire += c;
    }
    wire += '"';
  }
  if (!domain.empty()) wire.append("@").append(domain);
  return wire;
}

}  // namespace restante::mail
