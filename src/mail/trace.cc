#include "mail/trace.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/limits.h"
#include "mail/address.h"

namespace restante::mail {
namespace {

// With what stands before it on a line, a little less than RFC 5322 s.2.1.1 allows.
constexpr std::size_t kAddressBytesMax = 900;

constexpr std::string_view kNameCharacters = "-._[]:+=/,";  // No "(", ")", ";" or quote.

bool is_name_character(char c) {
  return is_alpha(c) || is_digit(c) || kNameCharacters.find(c) != std::string_view::npos;
}

// A value that stands as a word: everything outside a small set becomes "?".
std::string word(std::string_view value) {
  std::string out(value.substr(0, limits::kDomainBytesMax));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return !is_name_character(c); }, '?');
  return out.empty() ? "unknown" : out;
}

// A value inside a comment: blanks may stay.
std::string comment(std::string_view value) {
  std::string out(value.substr(0, limits::kDomainBytesMax));
  const auto unfit = [](char c) { return c != ' ' && !is_name_character(c); };
  std::replace_if(out.begin(), out.end(), unfit, '?');
  return out;
}

// A peer's name of itself, or a domain: any other text becomes a dot-atom, so that a word in
// Received or an address stays well formed (RFC 5322 s.3.2.3), and the text can be guessed.
std::string host(std::string_view name) {
  name = name.substr(0, limits::kDomainBytesMax);
  if (is_domain(name)) return std::string(name);
  if (name.ends_with('.') && is_domain(name.substr(0, name.size() - 1)))
    return std::string(name.substr(0, name.size() - 1));
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool inner_dot =
        name[i] == '.' && i > 0 && i + 1 < name.size() && out.back() != '.' && name[i + 1] != '.';
    const bool plain = is_alpha(name[i]) || is_digit(name[i]) || name[i] == '-' || name[i] == '_';
    out += plain || inner_dot ? name[i] : '?';
  }
  return out;
}

std::string ascii(std::string text) {
  const auto high = [](char c) { return !is_ascii(c); };
  std::replace_if(text.begin(), text.end(), high, '?');
  return text;
}

// An address in wire form that came through the parser; should one not have, it still is one line.
std::string address(std::string_view plain) {
  std::string out = to_wire(plain);
  std::replace_if(out.begin(), out.end(), is_control, '?');
  return out;
}

// X-Original-To is what sorts mail later: the whole address or none, since a cut one would be
// another's.
std::string original_to(std::string_view plain) {
  const std::string whole = address(plain);
  return whole.size() > kAddressBytesMax ? std::string() : "X-Original-To: " + whole + "\r\n";
}

// A sender's address with a domain that can be one. One without is completed with ours, as Postfix
// and Exim do: a path needs a domain (RFC 5321 s.4.1.2).
std::string sender_address(std::string_view sender, std::string_view hostname) {
  const auto [local, domain] = split_address(sender);
  if (is_domain(domain)) return address(sender);
  return address(std::string(local) + "@" + host(domain.empty() ? hostname : domain));
}

// RFC 5321 s.4.4: TCP-info is an address literal.
std::string literal(std::string_view peer_address) {
  const bool v6 = peer_address.find(':') != std::string_view::npos;
  return (v6 ? "[IPv6:" : "[") + word(peer_address) + "]";
}

// An address of the envelope in angle brackets, all of it, however long it is.
std::string whole_path(std::string_view plain) {
  std::string rest = plain.empty() ? "<>" : "<" + address(plain) + ">";
  std::string out;
  while (rest.size() > kAddressBytesMax) {
    std::size_t cut = kAddressBytesMax;
    // A character of UTF-8 stays whole.
    while ((static_cast<unsigned char>(rest[cut]) & 0xc0U) == 0x80U) --cut;
    out += rest.substr(0, cut) + "\r\n\t";
    rest.erase(0, cut);
  }
  return out + rest;
}

std::string return_path(const TraceValues& values) {
  std::string sender;
  if (!values.sender.empty()) sender = sender_address(values.sender, values.hostname);
  return sender.size() <= kAddressBytesMax ? "Return-Path: <" + sender + ">\r\n" : std::string();
}

std::string delivered_to(const std::string& account) {
  return "Delivered-To: " + address(account.substr(0, limits::kUserNameBytesMax)) + "\r\n";
}

TraceHeader header_of(std::string text) {
  const auto octets = static_cast<std::uint64_t>(text.size());
  return {std::move(text), octets};
}

}  // namespace

std::string make_received(const TraceValues& values, std::string_view recipient, WallTime time) {
  const std::string helo = ascii(host(values.helo));
  std::string text = "Received: from " + (helo.empty() ? "unknown" : helo);
  if (!values.peer_address.empty()) text += " (" + literal(values.peer_address) + ")";
  text += "\r\n\tby " + word(values.hostname) + " with " + word(values.protocol);
  if (!values.id.empty()) text += " id " + word(values.id);
  if (!values.tls.empty()) text += "\r\n\t(" + comment(values.tls) + ")";
  const std::string target = recipient.empty() ? std::string() : address(recipient);
  text += "\r\n\t";
  if (!target.empty() && target.size() <= kAddressBytesMax) text += "for <" + target + ">";
  return text + "; " + to_rfc5322(time) + "\r\n";
}

TraceHeader make_trace(const TraceValues& values, const TraceRecipient& recipient) {
  std::string text = return_path(values);
  text += original_to(recipient.recipient);
  for (const std::string& other : recipient.others) text += original_to(other);
  text += delivered_to(recipient.account);
  return header_of(text + make_received(values, recipient.recipient, recipient.time));
}

TraceHeader make_archive_trace(const TraceValues& values, const ArchivedEnvelope& envelope) {
  std::string text = return_path(values);
  text += "X-Envelope-From: " + whole_path(values.sender) + "\r\nX-Envelope-To:";
  for (const std::string& recipient : envelope.recipients) {
    text += &recipient == &envelope.recipients.front() ? " " : ",\r\n\t";
    text += whole_path(recipient);
  }
  text += "\r\n" + delivered_to(envelope.account);
  return header_of(text + make_received(values, {}, envelope.time));
}

}  // namespace restante::mail
