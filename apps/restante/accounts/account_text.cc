#include "restante/accounts/account_text.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::cli {

std::string_view to_text(profile::Tls tls) {
  switch (tls) {
    case profile::Tls::kNone: return "none";
    case profile::Tls::kStarttls: return "starttls";
    case profile::Tls::kImplicit: return "implicit";
  }
  return "";
}

std::string to_text(const profile::Account& account) {
  switch (account.remove) {
    case profile::Delete::kNever: return "never";
    case profile::Delete::kAfterFetch: return "after-fetch";
    case profile::Delete::kAfterDays:
      return "after " + counted(static_cast<std::uint64_t>(account.remove_after.count()), "day");
    case profile::Delete::kWhenRemovedLocally: return "when-removed-locally";
  }
  return "";
}

/// Where the secret comes from; never the secret.
std::string to_text(const profile::SecretSource& secret) {
  using Kind = profile::SecretSource::Kind;
  const bool words = !secret.command.empty();
  const std::string command = words ? secret.command.front() + " …" : secret.value;
  switch (secret.kind) {
    case Kind::kNone: return "none";
    case Kind::kInline: return "in the configuration";
    case Kind::kCommand: return "command: " + command;
    case Kind::kFile: return "file: " + secret.value;
    case Kind::kKeyring: return "keyring";
    case Kind::kPrompt: return "asked for";
    case Kind::kOauth: return "tokens of " + secret.value;
    case Kind::kTokenCommand: return "token command: " + command;
  }
  return "";
}

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (is_control(c))
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else if (c == '"' || c == '\\')
      out += {'\\', c};
    else
      out += c;
  }
  return out + "\"";
}

}  // namespace restante::cli
