#include "copies/target.h"

#include "config/far_address.h"

namespace restante::copies {
namespace {

constexpr std::string_view kLmtp = "lmtp:";
constexpr std::string_view kSmtp = "smtp:";
constexpr std::string_view kAccount = "account:";
constexpr std::uint16_t kSmtpPort = 25;

/// Whether an address ends in a port; the colons of an IPv6 address lie in brackets.
bool has_port(std::string_view address) {
  const std::size_t bracket = address.rfind(']');
  return address.find(':', bracket == address.npos ? 0 : bracket) != address.npos;
}

Result<Target> parse_server(Target::Kind kind, std::string_view address) {
  RESTANTE_TRY(config::FarAddress far, config::parse_far_lmtp(address));
  if (kind == Target::Kind::kSmtp && !has_port(address)) far.port = kSmtpPort;
  return Target{kind, std::move(far.host), far.port, {}};
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  if (text.starts_with(kLmtp)) return parse_server(Target::Kind::kLmtp, text.substr(kLmtp.size()));
  if (text.starts_with(kSmtp)) return parse_server(Target::Kind::kSmtp, text.substr(kSmtp.size()));
  const bool is_account = text.starts_with(kAccount) && text.size() > kAccount.size();
  if (!is_account)
    return Error(Errc::kSyntax,
                 "must be \"lmtp:host:port\", \"smtp:host:port\" or \"account:name\"");
  Target out;
  out.kind = Target::Kind::kAccount;
  out.account = text.substr(kAccount.size());
  return out;
}

std::string to_string(const Target& target) {
  if (target.kind == Target::Kind::kAccount) return std::string(kAccount) + target.account;
  const std::string_view scheme = target.kind == Target::Kind::kLmtp ? kLmtp : kSmtp;
  return std::string(scheme) + config::far_lmtp_text({target.host, target.port, false});
}

}  // namespace restante::copies
