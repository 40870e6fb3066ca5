#include "fetch/secrets/oauth_device.h"

#include <poll.h>

#include <algorithm>
#include <chrono>

#include "base/ascii.h"
#include "fetch/secrets/oauth_grant.h"
#include "fetch/secrets/oauth_token.h"

namespace restante::fetch {
namespace {

using std::chrono::seconds;

// RFC 8628 s.3.2, and what RFC 8628 s.3.5 adds when it is told to slow down.
constexpr std::int64_t kIntervalUnsaid = 5;
constexpr std::int64_t kSlowDown = 5;
constexpr std::int64_t kIntervalMax = 60;
constexpr std::int64_t kDeviceLifeMax = 3600;

/// What an issuer wants shown to a person: nothing that plays with the terminal.
std::string showable(std::string_view text) {
  const bool odd = text.size() > 500 || std::any_of(text.begin(), text.end(), [](char c) {
                     return is_control(c) || !is_ascii(c);
                   });
  return odd ? std::string() : std::string(text);
}

struct Invitation {
  DeviceInvitation shown;
  SecretString device_code;
  std::int64_t interval = kIntervalUnsaid;
  std::int64_t life = 0;
};

Result<Invitation> invite(const profile::Issuer& issuer, const net::StopSignal& stop) {
  Form form{{"client_id", issuer.client_id}};
  if (!issuer.scope.empty()) form.emplace_back("scope", issuer.scope);
  RESTANTE_TRY(const HttpAnswer answer, post_form(issuer, issuer.device_url, form, stop));
  const auto& body = answer.body;
  if (answer.status != 200)
    // Its own words, as far as a terminal may show them.
    return Error(Errc::kAuth, "the issuer refuses: " + showable(text_of(body, "error")) + " " +
                                  showable(text_of(body, "error_description")));
  Invitation made;
  made.shown.address = showable(text_of(body, "verification_uri"));
  // Microsoft and Google have written it so.
  if (made.shown.address.empty()) made.shown.address = showable(text_of(body, "verification_url"));
  made.shown.whole_address = showable(text_of(body, "verification_uri_complete"));
  made.shown.code = showable(text_of(body, "user_code"));
  made.device_code = SecretString(text_of(body, "device_code"));
  // An issuer may not make us ask seldom enough to let the code run out.
  made.interval = std::min(number_of(body, "interval", kIntervalUnsaid), kIntervalMax);
  // A number of the issuer's; without a bound the command could be asked to wait for a year.
  made.life = std::min(number_of(body, "expires_in", kDeviceLifeMax), kDeviceLifeMax);
  if (made.shown.address.empty() || made.shown.code.empty() || made.device_code.empty())
    return Error(Errc::kSyntax, issuer.device_url + ": the answer is no invitation");
  return made;
}

/// False when stop was raised.
bool pause(const net::StopSignal& stop, std::int64_t time) {
  pollfd wait{stop.descriptor(), POLLIN, 0};
  ::poll(&wait, 1, static_cast<int>(1000 * time));
  return !stop.raised();
}

}  // namespace

Result<Tokens> log_in_by_device(const profile::Issuer& issuer,
                                const std::function<void(const DeviceInvitation&)>& show,
                                const net::StopSignal& stop) {
  RESTANTE_TRY(Invitation invitation, invite(issuer, stop));
  show(invitation.shown);
  const auto end = std::chrono::steady_clock::now() + seconds(invitation.life);
  const Form form{{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
                  {"device_code", invitation.device_code.view()}};
  while (std::chrono::steady_clock::now() < end) {
    if (!pause(stop, invitation.interval)) return Error(Errc::kState, "interrupted");
    auto grant = ask_for_tokens(issuer, form, seconds_now(), stop);
    // A network that fails for a moment is no reason to make the user type again.
    if (!grant && grant.error().code == Errc::kTimeout) continue;
    if (!grant) return grant.error();
    if (grant->granted()) return std::move(grant->tokens);
    const std::string& why = grant->refusal.error;
    if (why == "slow_down")
      invitation.interval = std::min(invitation.interval + kSlowDown, kIntervalMax);
    else if (why != "authorization_pending")
      return Error(Errc::kAuth, "the issuer refuses: " + why + " " + grant->refusal.description);
  }
  return Error(Errc::kAuth, "the code has run out; begin again");
}

}  // namespace restante::fetch
