#include "mail/trace.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/limits.h"
#include "mail/address.h"

namespace restante::mail {
namespace {

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

// An address in wire form that came through the parser; should one not have, it still is one line.
std::string address(std::string_view plain) {
  std::string out = to_wire(plain.substr(0, limits::kUserNameBytesMax));
  std::replace_if(out.begin(), out.end(), is_control, '?');
  return out;
}

// X-Original-To is what sorts mail later, so it is the whole address as long as a line may be (RFC
// 5322 s.2.1.1).
std::string original_to(std::string_view plain) {
  constexpr std::string_view kName = "X-Original-To: ";
  constexpr std::size_t kLineBytesMax = 998;
  std::string line = std::string(kName) + to_wire(plain);
  line.resize(std::min(line.size(), kLineBytesMax));
  std::replace_if(line.begin(), line.end(), is_control, '?');
  return line + "\r\n";
}

// RFC 5321 s.4.4: TCP-info is an address literal.
std::string literal(std::string_view peer_address) {
  const bool v6 = peer_address.find(':') != std::string_view::npos;
  return (v6 ? "[IPv6:" : "[") + word(peer_address) + "]";
}

}  // namespace

TraceHeader make_trace(const TraceValues& values, const TraceRecipient& recipient) {
  const std::string sender = values.sender.empty() ? "" : address(values.sender);
  std::string text = "Return-Path: <" + sender + ">\r\n";
  text += original_to(recipient.recipient);
  for (const std::string& other : recipient.others) text += original_to(other);
  text += "Delivered-To: " + address(recipient.account) + "\r\n";
  text += "Received: from " + word(values.helo);
  if (!values.peer_address.empty()) text += " (" + literal(values.peer_address) + ")";
  text += "\r\n\tby " + word(values.hostname) + " with " + word(values.protocol);
  if (!values.id.empty()) text += " id " + word(values.id);
  if (!values.tls.empty()) text += "\r\n\t(" + comment(values.tls) + ")";
  text += "\r\n\tfor <" + address(recipient.recipient) + ">; " + to_rfc5322(recipient.time);
  text += "\r\n";
  const auto octets = static_cast<std::uint64_t>(text.size());
  return {std::move(text), octets};
}

}  // namespace restante::mail
