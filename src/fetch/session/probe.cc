#include "fetch/session/probe.h"

#include "base/ascii.h"
#include "fetch/session/login.h"
#include "fetch/session/opening.h"

namespace restante::fetch {
namespace {

/// How a login with such a secret would be begun; empty when it would not.
std::string login_with(sasl::CredentialKind kind, Opening& opening,
                       const profile::Account& account) {
  // A secret that is none: only the choice is asked for.
  const SecretString none("x");
  LoginOptions options(account, none);
  options.kind = kind;
  options.greeting = opening.greeting;
  return choose_login(*opening.dialogue, opening.capabilities, options).value_or(std::string());
}

Result<Probe> look(const profile::Account& account, const net::StopSignal& stop,
                   const Trace& trace) {
  RESTANTE_TRY(Opening opening, open_connection(account, stop, trace));
  const net::ClientStream& stream = opening.dialogue->stream();
  Probe seen;
  seen.peer = stream.peer();
  seen.greeting = pop3::to_printable(opening.greeting);
  seen.tls_version = stream.tls_version();
  seen.sha256 = stream.certificate_sha256();
  seen.password_login = login_with(sasl::CredentialKind::kPassword, opening, account);
  seen.token_login = login_with(sasl::CredentialKind::kToken, opening, account);
  seen.before_tls = std::move(opening.before_tls);
  seen.capabilities = std::move(opening.capabilities);
  // Politeness; what it answers changes nothing any more.
  if (opening.dialogue->send("QUIT\r\n")) static_cast<void>(opening.dialogue->receive());
  return seen;
}

}  // namespace

Result<Probe> probe(const profile::Account& account, const net::StopSignal& stop,
                    const Trace& trace) {
  auto seen = look(account, stop, trace);
  // Looked at once more with that very certificate, to tell what else there is; it is not trusted
  // by that.
  if (seen || seen.error().code != Errc::kAuth || !account.pins.empty()) return seen;
  const std::string sha256 = find_sha256(seen.error().detail);
  if (sha256.empty()) return seen;
  profile::Account pinned = account;
  pinned.pins = {sha256};
  auto again = look(pinned, stop, trace);
  if (again) again->distrust = seen.error().detail;
  return again;
}

std::string find_sha256(std::string_view text) {
  constexpr std::size_t kDigits = 64;
  std::size_t run = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool hex = i < text.size() &&
                     (is_digit(text[i]) || (to_lower(text[i]) >= 'a' && to_lower(text[i]) <= 'f'));
    if (!hex && run == kDigits) return to_lower(text.substr(i - kDigits, kDigits));
    run = hex ? run + 1 : 0;
  }
  return {};
}

}  // namespace restante::fetch
